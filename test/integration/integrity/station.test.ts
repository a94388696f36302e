import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { connect } from '@main/database/connection';
import { formatSegmentName } from '@main/files/segment-name';
import { formatSidecar } from '@main/importing/sidecar';
import { runFolderAt } from '@main/recorder/run-files';
import { insertDevice } from '../../support/sample-rows';
import { temporaryFolder } from '../../support/temporary-folder';
import { openTestStation, testStation } from '../../support/test-station';
import { plainWav } from '../../support/wav-bytes';

const PATIENT = { timeout: 20_000 };

/** Puts a recording of our own into the folder of `mic`. @returns its file */
function placeRecording(dataDir: string, sequence: number): string {
  const name = formatSegmentName({
    startMs: Date.UTC(2026, 4, 1, 12) + sequence * 100,
    durationS: 0.1,
    runId: 'aaaaaaaa',
    sequence,
  });
  const file = join(dataDir, 'recorder/mic/data/raw', name);
  mkdirSync(dirname(file), { recursive: true });
  mkdirSync(runFolderAt(join(dataDir, 'recorder/mic'), 'aaaaaaaa').path, { recursive: true });
  writeFileSync(file, plainWav(4800));
  return file;
}

/** As an import leaves it. @returns the file's path relative to the data folder */
function placeImported(dataDir: string): string {
  const id = randomUUID();
  const path = `imported/${id.slice(0, 2)}/${id}.wav`;
  const content = plainWav(4800);
  const sha256 = createHash('sha256').update(content).digest('hex');
  mkdirSync(join(dataDir, dirname(path)), { recursive: true });
  writeFileSync(join(dataDir, path), content);
  writeFileSync(
    join(dataDir, path.replace('.wav', '.json')),
    formatSidecar({
      version: 1,
      id,
      originalName: 'owl.wav',
      originalPath: '/media/card/owl.wav',
      sourceSizeBytes: content.length,
      sourceModifiedAt: '2026-05-01T12:00:00.000Z',
      sourceSha256: sha256,
      sizeBytes: content.length,
      sha256,
      audioSha256: sha256,
      sampleRateHz: 48_000,
      channels: 1,
      bitsPerSample: 16,
      frames: 4800,
      time: '2026-05-01T12:00:00.000Z',
      timeSource: 'file_time',
      timeText: '',
      timezone: null,
      device: { name: 'audiomoth-1', displayName: 'AudioMoth 1' },
      changes: '',
      recovered: false,
      simulated: false,
      tags: ['owl'],
      importId: 1,
      importedAt: '2026-05-02T12:00:00.000Z',
    }),
  );
  return path;
}

describe('a station', () => {
  it('gives imported files their rows again by what lies beside them', async () => {
    const { client, dataDir } = await testStation();
    const path = placeImported(dataDir);
    writeFileSync(join(dataDir, dirname(path), `${randomUUID()}.wav`), plainWav(1)); // nothing beside it
    expect(await client.integrity.audit({})).toMatchObject({ refused: null, registered: 1 });
    const { items } = await client.recordings.list({});
    expect(items).toMatchObject([
      { originalName: 'owl.wav', source: 'import', device: 'audiomoth-1', tags: ['owl'] },
    ]);
    expect(items[0]?.raw?.path).toBe(path);
    expect(await client.integrity.audit({})).toMatchObject({ rows: 1, registered: 0 });
  });

  it('compares rows and files when it starts, and tells what is gone', async () => {
    const dataDir = temporaryFolder();
    const first = await openTestStation({ dataDir });
    const connection = connect(join(dataDir, 'station.db'));
    insertDevice(connection, 'mic');
    connection.sqlite.close();
    const files = [0, 1, 2].map((sequence) => placeRecording(dataDir, sequence));
    expect(await first.client.integrity.audit({})).toMatchObject({ registered: 3 });
    await first.station.stop();
    rmSync(files[1]!);

    const { station, client } = await testStation({ dataDir });
    await station.start();
    await expect
      .poll(async () => (await client.station.snapshot()).alerts.map(({ code }) => code), PATIENT)
      .toContain('recordings.missing');
    const { items } = await client.recordings.list({ localDeleted: true });
    expect(items.map((item) => item.integrity)).toEqual(['missing']);
  });

  it('forgets what was purged also when a copy of before takes the place of its database', async () => {
    const dataDir = temporaryFolder();
    const first = await openTestStation({ dataDir });
    const connection = connect(join(dataDir, 'station.db'));
    insertDevice(connection, 'mic');
    connection.sqlite.close();
    for (const sequence of [0, 1, 2]) placeRecording(dataDir, sequence);
    await first.client.integrity.audit({});
    const [doomed, , kept] = (await first.client.recordings.list({})).items;
    for (const { id } of [doomed!, kept!]) {
      await first.client.recordings.describe({
        id,
        title: 'Frau Miller',
        description: null,
        notes: null,
      });
    }
    const selection = { ids: [doomed!.id] };
    await first.client.recordings.tag({ selection, add: ['Miller'] });
    await first.client.database.backUp();
    await first.client.recordings.discard({ selection });
    await first.client.recordings.purge({ selection, confirm: '1', reason: 'asked for' });
    await first.station.stop();
    rmSync(join(dataDir, 'station.db'));

    const { station, client } = await testStation({ dataDir });
    expect((await client.recordings.count({})).total).toBe(3); // as in the copy
    await station.start();
    await expect
      .poll(async () => (await client.integrity.auditStatus()).last, PATIENT)
      .not.toBeNull();
    expect((await client.integrity.auditStatus()).last?.report).toMatchObject({
      refused: null,
      rows: 2,
      markedMissing: 0,
    });
    const found = (await client.recordings.list({ text: 'miller' })).items;
    expect(found.map(({ id }) => id)).toEqual([kept!.id]);
    expect(await client.recordings.tags()).toEqual([]);
    const open = (await client.station.snapshot()).alerts.map(({ code }) => code);
    expect(open).not.toContain('recordings.missing');
    expect(open).not.toContain('audit.refused');
    await client.integrity.audit({});
    const after = connect(join(dataDir, 'station.db'), { readonly: true });
    const told = after.sqlite
      .prepare(
        "select count(*) from audit_log where actor = 'station' and action = 'recordings.purged'",
      )
      .pluck()
      .get();
    after.sqlite.close();
    expect(told).toBe(1); // done once, and not with each audit
  });

  it('tells of a recording that is not what was recorded, until it is whole again', async () => {
    const { station, client, dataDir } = await testStation();
    await station.start();
    const path = placeImported(dataDir);
    await client.integrity.audit({});
    const [recording] = (await client.recordings.list({})).items;
    const verify = () => client.integrity.verify({ recordingId: recording!.id });
    const codes = async () => (await client.station.snapshot()).alerts.map(({ code }) => code);
    expect(await verify()).toMatchObject([{ result: 'ok' }]);

    const whole = readFileSync(join(dataDir, path));
    const bytes = Buffer.from(whole);
    bytes[5000]! ^= 4;
    writeFileSync(join(dataDir, path), bytes);
    const [verdict] = await verify();
    expect(verdict).toMatchObject({ result: 'corrupt' });
    expect(verdict?.found).not.toBe(verdict?.expected);
    expect(await codes()).toContain('integrity.corrupt');
    expect((await client.recordings.list({ damaged: true })).items).toHaveLength(1);
    expect(await client.integrity.status()).toMatchObject({ corrupt: 1 });
    expect(await client.integrity.findings()).toEqual([
      {
        recordingId: recording!.id,
        device: recording!.device,
        time: recording!.time,
        result: 'corrupt',
        path,
        at: expect.any(String) as string,
        expected: verdict?.expected,
        found: verdict?.found,
        detail: verdict?.detail,
      },
    ]);

    writeFileSync(join(dataDir, path), whole);
    expect(await verify()).toMatchObject([{ result: 'ok' }]);
    expect(await codes()).not.toContain('integrity.corrupt');
    expect(await client.integrity.findings()).toEqual([]);
  });

  it('reads nothing more when it is told to pause', async () => {
    const { station, client } = await testStation();
    await station.start();
    expect(await client.integrity.pause()).toMatchObject({ state: 'paused' });
    expect((await client.integrity.resume()).state).not.toBe('paused');
  });
});
