import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '@main/database/connection';
import { dataFolderAt } from '@main/data-folder';
import { commandLine } from '../../../support/command-line';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';
import { testStation } from '../../../support/test-station';

describe('a station whose recordings are in the cloud', () => {
  it('tells where one is, compares the remote, and fetches one back that was deleted here', async () => {
    const path = temporaryFolder();
    const { station, client, dataDir } = await testStation({ simulate: 1, segmentDurationS: 1 });
    await station.start();
    await client.settings.set({ key: 'cloud_sync.enabled', value: true });
    await client.remotes.add({ draft: { name: 'Box', type: 'local', options: { path } } });
    const id = await soon(async () => {
      const { items } = await client.uploads.list({ filter: { success: true } });
      const [upload] = items;
      expect(upload).toBeDefined();
      return upload?.recordingId ?? 0;
    });
    const row = await client.recordings.get({ id });
    const file = join(dataDir, row.raw?.path ?? 'none');
    const before = readFileSync(file);
    const data = ['--data', dataDir];
    expect((await commandLine(['custody', String(id), ...data])).out[0]).toBe(
      `Recording ${String(id)}: Here, and read back from every remote that is to have it.`,
    );

    const rows = connect(dataFolderAt(dataDir).databaseFile);
    rows.sqlite
      .prepare(
        "update recordings set local_deleted = 1, local_deleted_at_ms = 7, local_deleted_reason = 'disk_space' where id = ?",
      )
      .run(id);
    rows.sqlite.close();
    for (const gone of [row.raw, row.processed]) if (gone) rmSync(join(dataDir, gone.path));
    expect(await client.custody.get({ recordingId: id })).toMatchObject({
      state: 'local_deleted',
      copies: [{ remote: 'box', state: 'verified', verifiedBy: 'hash' }],
    });

    const fetched = await commandLine(['custody', 'fetch', String(id), '--json', ...data]);
    expect(fetched).toMatchObject({ exitCode: 0, err: [] });
    expect(JSON.parse(fetched.out[0] ?? '')).toMatchObject({
      state: 'fetched_back',
      fetchedBack: { remote: 'box', sha256Matches: true },
    });
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(await client.recordings.get({ id })).toMatchObject({ localDeleted: false });

    const compared = await commandLine(['remotes', 'reconcile', 'box', ...data]);
    expect(compared).toMatchObject({ exitCode: 0, err: [] });
    expect(compared.out).toEqual([
      expect.stringMatching(/^box has \d+ objects?; \d+ of its copies are as the database says\.$/),
    ]);
    expect(await commandLine(['custody', 'nothing', ...data])).toMatchObject({ exitCode: 2 });
  });
});
