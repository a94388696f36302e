import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SERVER_PASSWORD, SERVER_USER, serveWebdav } from '../../../support/cloud/rclone-server';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';
import { testStation } from '../../../support/test-station';

function filesBelow(folder: string): string[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
}

describe('a station', () => {
  it('sends what it records to a server of its environment and to a folder, and says so', async () => {
    const path = temporaryFolder();
    const served = await serveWebdav();
    const { station, client, dataDir } = await testStation({
      simulate: 1,
      segmentDurationS: 1,
      secretEnvironment: {
        encryptionKey: null,
        remote: {
          type: 'webdav',
          url: served.options['url'] ?? '',
          user: SERVER_USER,
          pass: SERVER_PASSWORD,
        },
      },
    });
    await client.settings.set({ key: 'cloud_sync.enabled', value: true });
    await station.start();
    await client.remotes.add({ draft: { name: 'Field Box', type: 'local', options: { path } } });

    const custody = await soon(async () => {
      const { items } = await client.uploads.list({ filter: { remote: 'field-box' } });
      const found = await client.custody.get({ recordingId: items[0]?.recordingId ?? 0 });
      expect(found.state).toBe('verified');
      return found;
    });
    const { recordingId, copies } = custody;
    expect(copies).toMatchObject([{ state: 'verified' }, { state: 'verified' }]);
    expect((await client.recordings.get({ id: recordingId })).uploaded).toBe(true);
    for (const copy of copies) {
      const folder = copy.remote === 'field-box' ? path : served.folder;
      const sent = join(folder, 'silvasonic', copy.path);
      expect(execFileSync('flac', ['--test', '--silent', sent]).toString()).toBe('');
      expect(statSync(sent).size).toBe(copy.sizeBytes);
    }
    const remotes = await client.remotes.list();
    expect(new Map(remotes.map(({ slug, seeded }) => [slug, seeded]))).toEqual(
      new Map([
        ['127-0-0-1', true],
        ['field-box', false],
      ]),
    );

    await station.stop();
    for (const file of filesBelow(dataDir)) {
      expect(readFileSync(file).includes(SERVER_PASSWORD), file).toBe(false);
    }
  });

  it('has one in a demonstration, beside its data', async () => {
    const dataDir = join(temporaryFolder(), 'data');
    const { station, client } = await testStation({ demo: true, dataDir });
    await station.start();
    expect(await client.remotes.list()).toMatchObject([
      { slug: 'demo-folder', options: { path: join(dirname(dataDir), 'cloud') } },
    ]);
    expect((await client.settings.get()).cloud_sync.enabled).toBe(true);
  });
});
