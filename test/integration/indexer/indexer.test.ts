import { execFileSync } from 'node:child_process';
import { mkdirSync, renameSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { toInstant } from '@shared/model/time';
import { devices } from '@main/database/schema';
import type { SegmentFacts } from '@main/indexer/segment-reader';
import { writeGuano } from '@main/wav/guano';
import { FakeClock, settle } from '../../support/fake-clock';
import { fileDigest } from '../../support/file-digest';
import { indexedFolder, type IndexedFolder } from '../../support/indexed-folder';
import { insertDevice } from '../../support/sample-rows';
import { openAgain, stationDatabase } from '../../support/station-database';
import { dataChunk, formatChunk, plainWav, wavBytes } from '../../support/wav-bytes';

const NOON = Date.UTC(2026, 4, 1, 12);

/** A folder whose microphone "mic" is known. */
function withMicrophone(): IndexedFolder {
  const folder = indexedFolder();
  insertDevice(folder.connection, 'mic');
  return folder;
}

/** Real file work takes real time; a row is there soon or never. */
async function soon(expectation: () => void | Promise<void>): Promise<void> {
  await vi.waitFor(expectation, { timeout: 20_000, interval: 10 });
}

const refusals = (folder: IndexedFolder): unknown[] =>
  folder.logger.lines
    .filter((line) => line.event === 'file.refused')
    .map((line) => line.fields['file']);

describe('the clock of a recording', () => {
  it.each([
    [true, 0, 0],
    [false, 1, 0],
    [null, 0, 1],
  ])('that was synchronised: %s, is told by its row', async (clockSynced, unsynced, unknown) => {
    const folder = withMicrophone();
    await folder.indexer.start();
    const fileName = folder.place();
    folder.promoted({ fileName, clockSynced });
    await soon(() => {
      expect(folder.rows()).toHaveLength(1);
    });
    expect(
      folder.connection.sqlite
        .prepare('select clock_unsynced, clock_unknown from recordings')
        .raw()
        .all(),
    ).toEqual([[unsynced, unknown]]);
  });
});

describe('a promoted segment', () => {
  it('becomes a row at its event, without waiting for the sweep', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    await settle();
    const fileName = folder.place({ frames: 4800 });
    folder.promoted({ fileName, startWallMs: NOON + 123.4, firstFrame: 9600, clockSynced: false });
    await soon(() => {
      expect(folder.rows()).toHaveLength(1);
    });
    expect(folder.rows()[0]).toMatchObject({
      device: 'mic',
      time: '2026-05-01T12:00:00.123Z',
      durationS: 0.1,
      runId: 'aaaaaaaa',
      sequence: 0,
      processed: null,
      simulated: false,
      clockUnsynced: true,
      uploaded: false,
      localDeleted: false,
      raw: {
        path: `recorder/mic/data/raw/${fileName}`,
        sizeBytes: 44 + 9600,
        sampleRateHz: 48_000,
        channels: 1,
        bitsPerSample: 16,
        frames: 4800,
      },
    });
  });

  it('becomes a row by the sweep when nobody tells of it', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    await soon(() => {
      expect(folder.clock).toMatchObject({ sleeping: 2 });
    });
    folder.place();
    await soon(async () => {
      await folder.clock.advance(2000);
      expect(folder.rows()).toHaveLength(1);
    });
    expect(folder.rows()[0]!.time).toBe('2026-05-01T12:00:00.000Z');
  });

  it('becomes one row and one piece of news when it is told of and swept, and told of again', async () => {
    const folder = withMicrophone();
    const news: number[] = [];
    folder.bus.on('recording.indexed', ({ id }) => news.push(id));
    await folder.indexer.start();
    const fileName = folder.place();
    folder.promoted({ fileName });
    await folder.indexer.sweep();
    folder.promoted({ fileName });
    await folder.indexer.sweep();
    await folder.indexer.stop();
    expect(folder.rows()).toHaveLength(1);
    expect(news).toEqual([folder.rows()[0]!.id]);
  });

  it.each([
    { order: ['raw', 'processed'] as const, by: 'sweep' },
    { order: ['processed', 'raw'] as const, by: 'sweep' },
    { order: ['raw', 'processed'] as const, by: 'event' },
    { order: ['processed', 'raw'] as const, by: 'event' },
  ])('whose files come apart ($order.0 first, by $by) becomes one row', async ({ order, by }) => {
    const folder = withMicrophone();
    await folder.indexer.start();
    await folder.indexer.sweep();
    for (const stream of order) {
      // The raw one is a little longer: the row's length is that of the raw file, whichever came first.
      const frames = stream === 'raw' ? 4801 : 4800;
      const fileName = folder.place({
        stream,
        frames,
        name: '2026-05-01T12-00-00Z_0.100s_aaaaaaaa_00000000.wav',
      });
      if (by === 'event')
        folder.promoted({
          fileName,
          streams: { raw: stream === 'raw', processed: stream === 'processed' },
        });
      else await folder.indexer.sweep();
    }
    await folder.indexer.stop();
    expect(folder.rows()).toMatchObject([{ raw: { frames: 4801 }, processed: { frames: 4800 } }]);
    expect(folder.rows()[0]!.durationS).toBe(4801 / 48_000);
  });

  it('whose other file is not there yet gets it when it comes', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    const fileName = folder.place();
    folder.promoted({ fileName, streams: { raw: true, processed: true } });
    await soon(() => {
      expect(folder.rows()).toMatchObject([{ processed: null }]);
    });
    folder.place({ stream: 'processed' });
    await folder.indexer.sweep();
    expect(folder.rows()).toMatchObject([{ processed: { frames: 480 } }]);
  });

  it('that is told of while a sweep is at work becomes one row', async () => {
    const folder = withMicrophone();
    const names = Array.from({ length: 40 }, (_, sequence) => folder.place({ sequence }));
    const sweep = folder.indexer.start();
    for (const [sequence, fileName] of names.entries()) {
      folder.promoted({ fileName, sequence });
      if (sequence % 8 === 0) await settle();
    }
    await sweep;
    await folder.indexer.stop();
    expect(folder.rows().map((row) => row.sequence)).toEqual(names.map((_, sequence) => sequence));
  });

  it('keeps its exact time, place and clock in the ledger of its run, for who was not told', async () => {
    const folder = withMicrophone();
    folder.place({ sequence: 7 });
    folder.leaveRun({
      ledger: [{ sequence: 7, startWallMs: NOON + 987.6, firstFrame: 3360, clockSynced: true }],
    });
    folder.place({ sequence: 8 });
    await folder.indexer.sweep();
    expect(folder.rows().map(({ time, sequence }) => [sequence, time])).toEqual([
      [8, '2026-05-01T12:00:00.000Z'], // the ledger does not know it: its name does
      [7, '2026-05-01T12:00:00.988Z'],
    ]);
    const facts = folder.connection.sqlite.prepare(
      'select first_frame from recordings order by sequence',
    );
    expect(facts.pluck().all()).toEqual([3360, null]);
  });

  it.each<[string, unknown]>([
    ['no time', { sequence: 0 }],
    ['a text for a time', { sequence: 0, startWallMs: 'noon', firstFrame: 'first' }],
    ['a time no calendar has', { sequence: 0, startWallMs: 1e300, firstFrame: 0.5 }],
    ['nothing', null],
  ])('has the time of its name when the ledger holds %s', async (_, entry) => {
    const folder = withMicrophone();
    folder.place();
    folder.leaveRun({ ledger: [entry] });
    await folder.indexer.sweep();
    expect(folder.rows()).toMatchObject([{ time: '2026-05-01T12:00:00.000Z' }]);
  });
});

describe('only what is promoted', () => {
  it('is indexed: never what is still being written, or lies elsewhere', async () => {
    const folder = withMicrophone();
    const name = folder.place();
    rmSync(join(folder.recorderDir, 'mic/data/raw', name));
    for (const place of [
      '.buffer/raw',
      'quarantine',
      'data',
      'data/raw/deeper',
      'data/live',
      'raw',
      '.',
    ]) {
      mkdirSync(join(folder.recorderDir, 'mic', place), { recursive: true });
      writeFileSync(join(folder.recorderDir, 'mic', place, name), plainWav(480));
    }
    writeFileSync(join(folder.recorderDir, name), plainWav(480));
    await folder.indexer.sweep();
    expect(folder.rows()).toEqual([]);
    folder.place({ sequence: 1 });
    await folder.indexer.sweep();
    expect(folder.rows()).toHaveLength(1);
  });
});

describe('a bad file', () => {
  const good = wavBytes([formatChunk(), dataChunk(960)]);
  const bad: [string, { bytes?: Buffer | string; name?: string }][] = [
    ['of zero bytes', { bytes: '' }],
    ['that is a text', { bytes: 'not a WAV file' }],
    ['that is truncated', { bytes: good.subarray(0, 500) }],
    ['that was never finished', { bytes: wavBytes([formatChunk(), dataChunk(960, 0xffffffff)]) }],
    ['without audio', { bytes: wavBytes([formatChunk(), dataChunk(0)]) }],
    ['of a foreign name', { name: '20260501_120000.wav' }],
    ['of a name that means no day', { name: '2026-02-31T12-00-00Z_1s_aaaaaaaa_00000000.wav' }],
    [
      'of a number no database holds',
      { name: `2026-05-01T12-00-00Z_1s_aaaaaaaa_${'9'.repeat(30)}.wav` },
    ],
  ];

  it.each(bad)('%s is refused once, and the others are indexed', async (_, file) => {
    const folder = withMicrophone();
    folder.place({ sequence: 0, startMs: NOON - 10_000 });
    const name = folder.place({ sequence: 1, ...file });
    folder.place({ sequence: 2, startMs: NOON + 10_000 });
    for (let turn = 0; turn < 3; turn++) await folder.indexer.sweep();
    expect(folder.rows().map((row) => row.sequence)).toEqual([0, 2]);
    expect(refusals(folder)).toEqual([name]);
    expect(folder.indexer.status()).toMatchObject({
      details: '',
      counters: { refused_count: 1, total_indexed: 2 },
    });
  });

  it('leaves its other file to be indexed', async () => {
    const folder = withMicrophone();
    folder.place({ stream: 'raw' });
    folder.place({ stream: 'processed', bytes: '' });
    await folder.indexer.sweep();
    expect(folder.rows()).toMatchObject([{ raw: { frames: 480 }, processed: null }]);
  });

  it('that is no file at all holds nobody up', async () => {
    const folder = withMicrophone();
    const name = folder.place({ sequence: 2, startMs: NOON + 10_000 });
    const raw = join(folder.recorderDir, 'mic/data/raw');
    mkdirSync(join(raw, '2026-05-01T11-00-00Z_1s_aaaaaaaa_00000000.wav'));
    execFileSync('mkfifo', [join(raw, '2026-05-01T11-00-00Z_1s_aaaaaaaa_00000001.wav')]);
    symlinkSync('/dev/zero', join(raw, '2026-05-01T11-00-00Z_1s_aaaaaaaa_00000003.wav'));
    symlinkSync(join(raw, 'nowhere'), join(raw, '2026-05-01T11-00-00Z_1s_aaaaaaaa_00000004.wav'));
    await folder.indexer.sweep();
    expect(folder.rows().map((row) => row.raw?.path)).toEqual([`recorder/mic/data/raw/${name}`]);
  });

  it('that is told of but is a folder, or gone, is no trouble for the next', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    const gone = '2026-05-01T11-00-00Z_1s_aaaaaaaa_00000000.wav';
    const name = folder.place({ sequence: 1 });
    mkdirSync(join(folder.recorderDir, 'mic/data/raw', `${gone}x.wav`));
    folder.promoted({ fileName: gone });
    folder.promoted({ fileName: `${gone}x.wav` });
    folder.promoted({ fileName: name, sequence: 1 });
    await folder.indexer.stop();
    expect(folder.rows()).toHaveLength(1);
  });

  it('of a disk that had trouble is tried again, and reported once', async () => {
    const folder = withMicrophone();
    folder.place({ sequence: 0 });
    folder.place({ sequence: 1, startMs: NOON + 10_000 });
    let ailing = true;
    const indexer = folder.again({
      segmentFacts: (_workspace, _run, sequence): Promise<SegmentFacts | null> =>
        ailing && sequence === 0
          ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
          : Promise.resolve(null),
    });
    await indexer.sweep();
    await indexer.sweep();
    expect(folder.rows().map((row) => row.sequence)).toEqual([1]);
    expect(refusals(folder)).toHaveLength(1);
    ailing = false;
    await indexer.sweep();
    expect(folder.rows().map((row) => row.sequence)).toEqual([0, 1]);
  });

  it('of a workspace whose run files are nonsense does not stop the other workspaces', async () => {
    const folder = withMicrophone();
    folder.leaveRun({ workspace: 'a-broken', device: { displayName: 7 } });
    folder.place({ workspace: 'a-broken' });
    folder.place({ workspace: 'mic' });
    await folder.indexer.sweep();
    expect(folder.rows().map((row) => row.device)).toEqual(['a-broken', 'mic']);
  });
});

describe('a workspace', () => {
  it('belongs to its device: two microphones, two sets of rows', async () => {
    const folder = withMicrophone();
    insertDevice(folder.connection, '16d0-06f3-port1-2', { workspace: 'audiomoth' });
    folder.place({ workspace: 'mic', runId: 'aaaaaaaa' });
    folder.place({ workspace: 'audiomoth', runId: 'aaaaaaaa' });
    await folder.indexer.sweep();
    expect(folder.rows().map((row) => [row.device, row.raw?.path.split('/')[1]])).toEqual(
      expect.arrayContaining([
        ['mic', 'mic'],
        ['16d0-06f3-port1-2', 'audiomoth'],
      ]),
    );
    expect(folder.rows()).toHaveLength(2);
  });

  it('of nobody known goes by its own name: what is in it is a recording all the same', async () => {
    const folder = indexedFolder();
    folder.place({ workspace: 'found-on-the-road' });
    await folder.indexer.sweep();
    expect(folder.rows()).toMatchObject([{ device: 'found-on-the-road' }]);
  });

  it('of nobody known is of the microphone that its files name', async () => {
    const folder = indexedFolder();
    const name = folder.place({ workspace: 'found-on-the-road' });
    await writeGuano(
      join(folder.recorderDir, 'found-on-the-road/data/raw', name),
      new Map([
        ['Silvasonic|Device', 'mic-of-old'],
        ['Silvasonic|Simulated', 'yes'],
      ]),
    );
    await folder.indexer.sweep();
    expect(folder.rows()).toMatchObject([{ device: 'mic-of-old', simulated: true }]);
  });

  it.each([
    "Wald & 'Wiese'",
    'a\nb',
    'ü%20',
    '-rf',
    '..hidden',
    'back\\slash',
    'x'.repeat(200),
    '"; drop table recordings; --',
  ])('may be called %j', async (workspace) => {
    const folder = indexedFolder();
    insertDevice(folder.connection, 'mic', { workspace });
    const name = folder.place({ workspace });
    for (let turn = 0; turn < 2; turn++) await folder.indexer.sweep();
    expect(folder.rows().map((row) => row.raw?.path)).toEqual([
      `recorder/${workspace}/data/raw/${name}`,
    ]);
    expect(folder.indexer.status().counters).toMatchObject({ total_indexed: 1, refused_count: 0 });
  });

  it('that is a file, or has no data in it, is nothing to worry about', async () => {
    const folder = withMicrophone();
    writeFileSync(join(folder.recorderDir, 'a-file'), '');
    mkdirSync(join(folder.recorderDir, 'empty'));
    folder.place();
    await folder.indexer.sweep();
    expect(folder.rows()).toHaveLength(1);
    expect(folder.logger.lines.filter((line) => line.level !== 'info')).toEqual([]);
  });
});

describe('a database that was lost', () => {
  it('gets every recording again, and the devices that only their files remember', async () => {
    const before = withMicrophone();
    insertDevice(before.connection, 'sim-1', { kind: 'simulated' });
    const places = [
      { workspace: 'mic', sequence: 0 },
      { workspace: 'mic', sequence: 1, startMs: NOON + 10_000 },
      { workspace: 'mic', stream: 'processed' as const, sequence: 1, startMs: NOON + 10_000 },
      { workspace: 'sim-1', sequence: 0 },
    ];
    for (const place of places) before.place(place);
    await before.indexer.sweep();

    const after = indexedFolder();
    for (const place of places) after.place(place);
    after.leaveRun({
      workspace: 'mic',
      device: { name: 'mic', displayName: 'Ultramic', simulated: false },
    });
    after.leaveRun({
      workspace: 'sim-1',
      device: { name: 'sim-1', displayName: 'Sim', simulated: true },
    });
    await after.indexer.sweep();

    const known = (folder: IndexedFolder) =>
      folder
        .rows()
        .map(({ id: _id, indexedAt: _at, ...rest }) => rest)
        .sort((a, b) => (a.raw!.path < b.raw!.path ? -1 : 1));
    expect(known(after)).toMatchObject(
      known(before).map((row) => ({ ...row, simulated: row.device === 'sim-1' })),
    );
    expect(after.connection.db.select().from(devices).all()).toMatchObject([
      {
        name: 'mic',
        displayName: 'Ultramic',
        kind: 'usb',
        workspace: 'mic',
        presence: 'offline',
        enabled: false,
      },
      { name: 'sim-1', kind: 'simulated', workspace: 'sim-1' },
    ]);
    expect(after.logger.events().filter((event) => event === 'device.remembered')).toHaveLength(2);
  });

  it('takes the newest run for the name of the device', async () => {
    const folder = indexedFolder();
    folder.place({ workspace: 'w' });
    folder.leaveRun({
      workspace: 'w',
      runId: 'bbbbbbbb',
      startedWallMs: 2,
      device: { name: 'w', displayName: 'New', simulated: false },
    });
    folder.leaveRun({
      workspace: 'w',
      runId: 'cccccccc',
      startedWallMs: 1,
      device: { name: 'w', displayName: 'Old', simulated: false },
    });
    await folder.indexer.sweep();
    expect(folder.connection.db.select().from(devices).all()).toMatchObject([
      { displayName: 'New' },
    ]);
  });
});

describe('sweeping again', () => {
  it('after a restart finds nothing new', async () => {
    const folder = withMicrophone();
    for (let sequence = 0; sequence < 5; sequence++) {
      folder.place({ sequence });
      folder.place({ sequence, stream: 'processed' });
    }
    await folder.indexer.sweep();
    const before = folder.rows();
    const news: unknown[] = [];
    folder.bus.on('recording.indexed', (one) => news.push(one));
    const restarted = folder.again();
    await restarted.start();
    await restarted.sweep();
    await restarted.stop();
    expect(folder.rows().map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    expect(news).toEqual([]);
    expect(restarted.status().counters['total_indexed']).toBe(0);
  });

  it('takes back that a file was deleted, when it is there after all', async () => {
    const folder = withMicrophone();
    folder.place();
    await folder.indexer.sweep();
    folder.connection.sqlite.exec(
      "update recordings set local_deleted = 1, local_deleted_at_ms = 1, local_deleted_reason = 'reconciliation'",
    );
    const indexer = folder.again();
    await indexer.start();
    await indexer.sweep();
    expect(folder.rows()).toMatchObject([{ localDeleted: false }]);
  });

  it('begins again when the recorder folder comes back after it was away', async () => {
    const folder = withMicrophone();
    renameSync(folder.recorderDir, `${folder.recorderDir}-away`);
    await folder.indexer.sweep();
    renameSync(`${folder.recorderDir}-away`, folder.recorderDir);
    folder.place();
    await folder.indexer.sweep();
    expect(folder.rows()).toHaveLength(1);
  });
});

describe('a disk full of recordings that the database does not know', () => {
  const OLD = 700;
  const fill = (folder: IndexedFolder): void => {
    for (let sequence = 0; sequence < OLD; sequence++) folder.place({ sequence, frames: 1 });
  };

  it('does not keep a new recording waiting until all of them are read', async () => {
    const folder = withMicrophone();
    fill(folder);
    folder.bus.once('recording.indexed', () => {
      // After the folder was listed: the sweep does not know of it.
      folder.promoted({ fileName: folder.place({ runId: 'bbbbbbbb' }), runId: 'bbbbbbbb' });
    });
    const news: number[] = [];
    folder.bus.on('recording.indexed', ({ id }) => news.push(id));
    await folder.indexer.start();
    await soon(() => {
      expect(news.length).toBe(OLD + 1);
    });
    const row = folder.connection.sqlite.prepare(
      "select id from recordings where run_id = 'bbbbbbbb'",
    );
    expect(news.indexOf(Number(row.pluck().get()))).toBeLessThan(OLD - 50);
  });

  it('does not keep the station from stopping: the next start takes up the rest', async () => {
    const folder = withMicrophone();
    fill(folder);
    const stopping = new Promise<void>((resolve) => {
      folder.bus.once('recording.indexed', () => {
        resolve(folder.indexer.stop());
      });
    });
    await folder.indexer.start();
    await stopping;
    const count = folder.connection.sqlite.prepare('select count(*) from recordings').pluck();
    expect(Number(count.get())).toBeLessThan(OLD);
    await folder.again().sweep();
    expect(count.get()).toBe(OLD);
  });
});

describe('a database that refuses', () => {
  it('is tried again at the next sweep, not at the next thorough one, and nothing is lost', async () => {
    const connection = stationDatabase();
    connection.sqlite.pragma('busy_timeout = 0');
    const folder = indexedFolder(connection);
    insertDevice(connection, 'mic');
    await folder.indexer.start();
    await soon(() => {
      expect(folder.clock).toMatchObject({ sleeping: 2 });
    });
    const other = openAgain(connection.sqlite.name);
    other.sqlite.exec('begin immediate');
    folder.place({ sequence: 0 });
    const fileName = folder.place({ sequence: 1 });
    folder.promoted({ fileName, sequence: 1 });
    await folder.clock.advance(2000);
    await soon(() => {
      expect(folder.indexer.status()).toMatchObject({
        state: 'degraded',
        details: 'database is locked',
      });
    });
    await folder.clock.advance(2000);
    other.sqlite.exec('rollback');
    await soon(async () => {
      await folder.clock.advance(2000);
      expect(folder.rows()).toHaveLength(2);
      expect(folder.indexer.status()).toMatchObject({ state: 'ok', details: '' });
    });
  });

  it('refuses one row of a batch: the others are registered', async () => {
    const folder = withMicrophone();
    for (let sequence = 0; sequence < 5; sequence++)
      folder.place({ sequence, startMs: NOON + sequence * 1000 });
    folder.connection.sqlite.exec(
      "create trigger no_two before insert on recordings when new.sequence = 2 begin select raise(abort, 'not this one'); end",
    );
    await folder.indexer.sweep();
    await folder.indexer.sweep();
    expect(folder.rows().map((row) => row.sequence)).toEqual([0, 1, 3, 4]);
    expect(refusals(folder)).toHaveLength(1);
  });
});

describe('the hashes', () => {
  it('are those of the files, of both of a pair', async () => {
    const folder = withMicrophone();
    const name = folder.place({ frames: 100_000 });
    folder.place({ frames: 100_000, stream: 'processed', bytes: plainWav(99_999) });
    await folder.indexer.start();
    await folder.indexer.sweep();
    await soon(() => {
      expect(folder.indexer.status().counters['hash_pending_count']).toBe(0);
    });
    const path = (stream: string) => join(folder.recorderDir, 'mic/data', stream, name);
    expect(folder.rows()).toMatchObject([
      {
        raw: { sha256: fileDigest(path('raw')) },
        processed: { sha256: fileDigest(path('processed')) },
      },
    ]);
  });

  it('are there when the indexer has stopped', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    const fileName = folder.place();
    folder.promoted({ fileName });
    await folder.indexer.stop();
    expect(folder.rows()[0]!.raw!.sha256).toBe(
      fileDigest(join(folder.recorderDir, 'mic/data/raw', fileName)),
    );
  });

  it('of a file that vanished are not asked for again and again, and hold nobody up', async () => {
    const folder = withMicrophone();
    const gone = folder.place({ sequence: 0 });
    const there = folder.place({ sequence: 1, startMs: NOON + 10_000 });
    await folder.indexer.sweep();
    rmSync(join(folder.recorderDir, 'mic/data/raw', gone));
    await folder.indexer.start();
    await folder.clock.advance(60_000);
    await soon(() => {
      expect(folder.rows().find((row) => row.sequence === 1)!.raw!.sha256).not.toBeNull();
    });
    for (let minute = 0; minute < 5; minute++) await folder.clock.advance(60_000);
    expect(folder.logger.events().filter((event) => event === 'hash.unreadable')).toHaveLength(1);
    expect(there).not.toBe(gone);
    // Tried again by the next console: perhaps the disk was away.
    folder.place({ sequence: 0 });
    const restarted = folder.again();
    await restarted.start();
    await folder.clock.advance(60_000);
    await soon(() => {
      expect(folder.rows().every((row) => row.raw?.sha256 !== null)).toBe(true);
    });
  });

  it('of a file that could not be read for a while are made once it can be, without a restart', async () => {
    const folder = withMicrophone();
    const name = folder.place();
    const path = join(folder.recorderDir, 'mic/data/raw', name);
    await folder.indexer.sweep();
    const { id } = folder.rows()[0]!;
    const away = `${path}.away`;
    renameSync(path, away);
    await folder.indexer.start();
    await folder.clock.advance(60_000);
    const unreadable = () =>
      folder.logger.events().filter((event) => event === 'hash.unreadable').length;
    await soon(() => {
      expect(unreadable()).toBe(1);
    });
    expect(folder.indexer.isUnreadable(id)).toBe(false);
    // Ten seconds, twenty, forty: three times in vain, and nobody waits for it any more.
    await soon(async () => {
      await folder.clock.advance(10_000);
      expect(folder.indexer.isUnreadable(id)).toBe(true);
    });
    expect(unreadable()).toBe(1);
    renameSync(away, path);
    await soon(async () => {
      await folder.clock.advance(10_000);
      expect(folder.rows()[0]!.raw!.sha256).toBe(fileDigest(path));
    });
    expect(folder.indexer.isUnreadable(id)).toBe(false);
  });

  it('are made when somebody asks for them, though no console runs', async () => {
    const folder = withMicrophone();
    const name = folder.place();
    await folder.indexer.sweep();
    await folder.indexer.hashNow();
    expect(folder.rows()[0]!.raw!.sha256).toBe(
      fileDigest(join(folder.recorderDir, 'mic/data/raw', name)),
    );
  });

  it('are not waited for without end when the station stops', async () => {
    const folder = withMicrophone();
    for (let sequence = 0; sequence < 30; sequence++) folder.place({ sequence });
    await folder.indexer.sweep();
    const slowDisk = new FakeClock();
    let now = 0;
    slowDisk.monotonicMs = () => (now += 1000); // each look at the clock is a second later
    const indexer = folder.again({ clock: slowDisk });
    await indexer.start();
    await indexer.stop();
    const open = indexer.status().counters['hash_pending_count'];
    expect(open).toBeGreaterThan(10);
    expect(open).toBeLessThan(30);
  });

  it('that a crash left open are made by the next console', async () => {
    const folder = withMicrophone();
    folder.place();
    await folder.indexer.sweep();
    expect(folder.rows()[0]!.raw!.sha256).toBeNull();
    const next = folder.again();
    await next.start();
    await next.stop();
    expect(folder.rows()[0]!.raw!.sha256).not.toBeNull();
  });
});

describe('how the indexer is', () => {
  it('is said from its start to its stop', async () => {
    const folder = withMicrophone();
    expect(folder.indexer.status()).toMatchObject({ name: 'indexer', state: 'starting' });
    folder.place();
    folder.place({ sequence: 1, bytes: '' });
    await folder.indexer.start();
    await folder.indexer.start();
    await soon(() => {
      expect(folder.indexer.status()).toMatchObject({
        state: 'ok',
        counters: {
          last_indexed_at: toInstant(folder.clock.wallMs()),
          pending_count: 0,
          hash_pending_count: 0,
          total_indexed: 1,
          refused_count: 1,
        },
      });
    });
    await folder.indexer.stop();
    await folder.indexer.stop();
    expect(folder.indexer.status().state).toBe('stopped');
    expect(folder.bus.listenerCount('segment.promoted')).toBe(0);
    expect(folder.clock).toMatchObject({ sleeping: 0 });
  });

  it('says how many promoted segments wait for their row', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    for (let sequence = 0; sequence < 3; sequence++) {
      folder.promoted({ fileName: folder.place({ sequence }), sequence });
    }
    expect(folder.indexer.status().counters['pending_count']).toBe(3);
    await folder.indexer.stop();
    expect(folder.indexer.status().counters['pending_count']).toBe(0);
    expect(folder.rows()).toHaveLength(3);
  });
});

it('a truncated file is known by its length, not by its name', async () => {
  const folder = withMicrophone();
  const name = folder.place({ frames: 480 });
  truncateSync(join(folder.recorderDir, 'mic/data/raw', name), 500);
  await folder.indexer.sweep();
  expect(folder.rows()).toEqual([]);
});
