import { copyFileSync, existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { HashQueue } from '@main/indexer/hash-queue';
import { UnsyncedRecordings } from '@main/retiming/unsynced-recordings';
import { inspectWav } from '@main/wav/inspect';
import { amendGuano, readGuano, writeGuano } from '@main/wav/guano';
import { guanoTimestamp } from '@main/wav/guano-timestamp';
import { settle } from '../../support/fake-clock';
import { watchQueries } from '../../support/query-plans';
import { removeFiles, retimedWorld } from '../../support/retimed-world';
import { stationDatabase } from '../../support/station-database';
import { threadUrl } from '../../support/threads';

const HOUR = 3_600_000;
const SHA256_WORKER = threadUrl('sha256-worker');

/** Two recordings, made three hours too early, with their rows. */
async function recorded(): ReturnType<typeof retimedWorld> {
  const world = await retimedWorld();
  await world.setWrong(-3 * HOUR);
  await world.begin();
  await world.record(2);
  await world.index();
  return world;
}

describe('when the clock is set', () => {
  it('times, names and marks of what was recorded before are corrected', async () => {
    const world = await recorded();
    const before = world.rows();
    await world.synchronise();
    await world.turn();
    const after = world.rows();
    expect(after.map(({ time_ms }, i) => time_ms - before[i]!.time_ms)).toEqual([
      3 * HOUR,
      3 * HOUR,
    ]);
    for (const [i, row] of after.entries()) {
      expect(row).toMatchObject({
        id: before[i]!.id,
        clock_unsynced: 0,
        original_time_ms: before[i]!.time_ms,
        retimed_at_ms: world.clock.wallMs(),
        // Their own metadata were rewritten: they are other files now.
        raw_sha256: null,
        processed_sha256: null,
      });
      const hour = new Date(row.time_ms).toISOString().slice(0, 19).replaceAll(':', '-');
      expect(row.raw_path).toContain(`/raw/${hour}Z_2s_00000001_0000000${String(i)}.wav`);
      expect(row.processed_path).toContain(`/processed/${hour}Z_2s_`);
    }
    expect(world.files()).toEqual(
      after.flatMap((row) => row.raw_path).concat(after.map((row) => row.processed_path)),
    );
  });

  it('what the running capture records from then on has the right time at once, and joins', async () => {
    const world = await recorded();
    await world.synchronise();
    await world.turn();
    await world.record(2);
    await world.index();
    const rows = world.rows();
    // Told so from the start, not corrected afterwards.
    expect(rows.map(({ retimed_at_ms }) => retimed_at_ms !== null)).toEqual([
      true,
      true,
      false,
      false,
    ]);
    expect(rows.map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0, 0, 0]);
    expect(rows.slice(1).map(({ time_ms }, i) => time_ms - rows[i]!.time_ms)).toEqual([
      2000, 2000, 2000,
    ]);
  });

  it('everybody is told of every recording', async () => {
    const world = await recorded();
    const told: number[] = [];
    world.folder.bus.on('recording.retimed', ({ id }) => told.push(id));
    await world.synchronise();
    await world.turn();
    expect(told).toEqual(world.rows().map(({ id }) => id));
  });

  it('a service that runs does it by itself, also for what is indexed only then', async () => {
    const world = await recorded();
    await world.record(1);
    await world.retimer.start();
    await world.synchronise();
    await vi.waitFor(async () => {
      await world.clock.advance(1_000);
      expect(world.rows().map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0]);
    }, 20_000);
    await world.index();
    await vi.waitFor(async () => {
      await world.clock.advance(1_000);
      expect(world.rows().map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0, 0]);
    }, 20_000);
    expect(world.retimer.status()).toMatchObject({ state: 'ok', counters: { retimed_total: 3 } });
    await world.retimer.stop();
    expect(world.retimer.status().state).toBe('stopped');
  });

  it('a run that goes on and carries the right time costs nothing any more: neither record nor ledger is read', async () => {
    const world = await recorded();
    const read: string[] = [];
    const { archive } = world;
    await world.restart({
      archive: {
        ...archive,
        read: (key) => {
          read.push('record');
          return archive.read(key);
        },
        segment: (key, sequence) => {
          read.push(`segment ${String(sequence)}`);
          return archive.segment(key, sequence);
        },
        ledgerParts: (key) => {
          read.push('ledger');
          return archive.ledgerParts(key);
        },
      },
    });
    await world.synchronise();
    await world.turn();
    expect(read).toEqual(expect.arrayContaining(['segment 0', 'segment 1']));
    expect(read).not.toContain('ledger');
    read.length = 0;
    for (let n = 0; n < 5; n += 1) {
      await world.record(1);
      await world.index();
      await world.turn();
    }
    expect(read).toEqual([]);
    expect(world.retimer.status().counters['runs_pending']).toBe(1);
    await world.retimer.start();
    await world.end();
    await vi.waitFor(async () => {
      await world.clock.advance(1_000);
      expect(world.retimer.status().counters['runs_pending']).toBe(0);
    }, 20_000);
    expect(read).toContain('ledger');
    await world.retimer.stop();
  });

  it('a segment that was kept before and is indexed only after a rest is corrected all the same', async () => {
    const world = await recorded();
    await world.record(1);
    await world.synchronise();
    await world.turn();
    await world.turn();
    await world.index();
    expect(world.rows()[2]).toMatchObject({ clock_unsynced: 1 });
    await world.turn();
    const rows = world.rows();
    expect(rows.map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0, 0]);
    expect(rows[2]!.time_ms - rows[1]!.time_ms).toBe(2000);
  });

  it('a run that is over is waited for as long as a file of it has no recording', async () => {
    const world = await recorded();
    await world.record(2);
    await world.end();
    await world.synchronise();
    await world.turn();
    await world.turn();
    expect(world.retimer.status().counters['runs_pending']).toBe(1);
    await world.index();
    await world.turn();
    expect(world.rows().map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0, 0, 0]);
    expect(world.retimer.status().counters['runs_pending']).toBe(0);
  });

  it('a recording whose files are gone gets its row corrected', async () => {
    const world = await recorded();
    const [first] = world.rows();
    removeFiles(world, first!);
    await world.synchronise();
    await world.turn();
    expect(world.rows()[0]).toMatchObject({
      time_ms: first!.time_ms + 3 * HOUR,
      clock_unsynced: 0,
      raw_path: first!.raw_path,
      local_deleted: 1,
    });
  });

  it('the ledger of the run tells the same, for a database that is made anew', async () => {
    const world = await recorded();
    await world.synchronise();
    await world.turn();
    const before = world.rows();
    world.folder.connection.sqlite.exec('delete from recordings');
    await world.restart();
    await world.index();
    expect(
      world
        .rows()
        .map((row) => ({ time: row.time_ms, path: row.raw_path, wrong: row.clock_unsynced })),
    ).toEqual(before.map((row) => ({ time: row.time_ms, path: row.raw_path, wrong: 0 })));
  });

  it('the metadata in the files tell the new time, and the sound stays as it was', async () => {
    const world = await recorded();
    const [row] = world.rows();
    const path = join(world.folder.root, row!.raw_path);
    await writeGuano(
      path,
      new Map([
        ['Timestamp', 'x'],
        ['Make', 'Dodotronic'],
      ]),
    );
    await world.restart({
      restamp: (file, startMs) =>
        amendGuano(file, new Map([['Timestamp', guanoTimestamp(startMs, 'Europe/Berlin')]])),
    });
    const sound = readFileSync(path).subarray(44, 44 + 4000);
    await world.synchronise();
    await world.turn();
    const [after, other] = world.rows();
    const file = join(world.folder.root, after!.raw_path);
    const guano = await readGuano(file);
    expect(Date.parse(guano!.get('Timestamp')!)).toBe(after!.time_ms);
    expect(guano!.get('Make')).toBe('Dodotronic');
    expect(await inspectWav(file)).toMatchObject({ state: 'whole', frames: 2000 });
    expect(
      readFileSync(file)
        .subarray(44, 44 + 4000)
        .equals(sound),
    ).toBe(true);
    const size = world.folder.connection.sqlite
      .prepare<[number], { raw_size_bytes: number }>(
        'select raw_size_bytes from recordings where id = ?',
      )
      .get(after!.id);
    expect(size!.raw_size_bytes).toBe(readFileSync(file).length);
    expect(after!.raw_sha256).toBeNull();
    // It has none: not a byte of it is another, and its hash stays.
    expect(other!.raw_sha256).toBe(world.sha256Of(other!.raw_path));
  });
});

describe('what is not re-timed', () => {
  it('is a run of which the system does not tell whether its clock was right, when the clock is merely set', async () => {
    const world = await retimedWorld();
    await world.begin({ synced: null });
    await world.record(1);
    await world.index();
    const before = world.rows();
    world.clock.stepWall(HOUR);
    await world.synchronise();
    await world.turn();
    expect(world.rows()).toEqual(before);
  });

  it('is a run of an earlier boot: it stays marked', async () => {
    const world = await retimedWorld();
    await world.setWrong(-3 * HOUR);
    await world.begin({ bootId: 'boot-0' });
    await world.record(1);
    await world.end();
    await world.index();
    const before = world.rows();
    await world.synchronise();
    await world.turn();
    expect(world.rows()).toEqual(before);
    expect(before[0]!.clock_unsynced).toBe(1);
  });

  it('is anything before the clock is right', async () => {
    const world = await recorded();
    const before = world.rows();
    world.clock.stepWall(HOUR);
    await world.pass(2_000);
    await world.turn();
    expect(world.rows()).toEqual(before);
  });

  it('is a second time what was corrected once, in this console or the next', async () => {
    const world = await recorded();
    await world.synchronise();
    await world.turn();
    const once = world.rows();
    world.clock.stepWall(700);
    await world.pass(11 * 60_000);
    await world.turn();
    await world.restart();
    await world.turn();
    expect(world.rows()).toEqual(once);
  });

  it('is a recording whose clock turned out to have been right: only its mark goes', async () => {
    const world = await retimedWorld();
    await world.setWrong(0);
    await world.begin({ synced: false });
    await world.record(1);
    await world.index();
    const [before] = world.rows();
    await world.synchronise();
    await world.turn();
    expect(world.rows()[0]).toEqual({
      ...before,
      clock_unsynced: 0,
      raw_sha256: null,
      processed_sha256: null,
      retimed_at_ms: world.rows()[0]!.retimed_at_ms,
    });
  });

  it('is what lies on a disk that is not there', async () => {
    const world = await recorded();
    await world.restart({ diskUsable: () => false });
    await world.synchronise();
    await world.turn();
    expect(existsSync(join(world.folder.root, 'retiming.json'))).toBe(false);
    expect(world.rows()[0]!.clock_unsynced).toBe(1);
  });
});

describe('trouble on the way', () => {
  it('never overwrites: a name that is taken gets a suffix', async () => {
    const world = await recorded();
    const [row] = world.rows();
    const wanted = new Date(row!.time_ms + 3 * HOUR)
      .toISOString()
      .slice(0, 19)
      .replaceAll(':', '-');
    const stranger = `recorder/mic/data/raw/${wanted}Z_2s_00000001_00000000.wav`;
    writeFileSync(join(world.folder.root, stranger), 'a stranger');
    await world.synchronise();
    await world.turn();
    expect(world.rows()[0]!.raw_path).toBe(stranger.replace('.wav', '.2.wav'));
    expect(world.rows()[0]!.processed_path).toContain('00000000.2.wav');
    expect(readFileSync(join(world.folder.root, stranger), 'utf8')).toBe('a stranger');
  });

  it('finds another name where a stranger took the one that was decided on', async () => {
    const world = await recorded();
    const before = world.rows();
    await world.synchronise();
    // The ledger is told, nothing is renamed.
    for (let failAt = 1; ; failAt += 1) {
      await world.turn(failAt);
      await world.restart();
      const text = readFileSync(
        join(world.folder.root, 'recorder/mic/runs/00000001/segments.ndjson'),
        'utf8',
      );
      if (text.split('\n').filter((line) => line.includes('"sequence":0')).length > 1) break;
    }
    expect(world.rows()[0]!.raw_path).toBe(before[0]!.raw_path);
    const wanted = new Date(before[0]!.time_ms + 3 * HOUR).toISOString().slice(0, 19);
    const stranger = `recorder/mic/data/raw/${wanted.replaceAll(':', '-')}Z_2s_00000001_00000000.wav`;
    copyFileSync(join(world.folder.root, before[1]!.raw_path), join(world.folder.root, stranger));
    await world.turn();
    const [after] = world.rows();
    expect(after!.raw_path).toBe(stranger.replace('.wav', '.2.wav'));
    expect(world.markOf(after!.raw_path)).toBe(1);
    expect(world.markOf(stranger)).toBe(2);
    expect(after!.time_ms).toBe(before[0]!.time_ms + 3 * HOUR);
  });

  it('does without a ledger that was lost', async () => {
    const world = await recorded();
    const before = world.rows();
    rmSync(join(world.folder.root, 'recorder/mic/runs/00000001/segments.ndjson'));
    await world.synchronise();
    await world.turn(14);
    await world.restart();
    await world.turn();
    expect(world.rows().map(({ time_ms }) => time_ms)).toEqual(
      before.map(({ time_ms }) => time_ms + 3 * HOUR),
    );
    for (const row of world.rows()) expect(world.markOf(row.raw_path)).toBe(row.sequence + 1);
  });

  it('does not hold up the others for one recording that cannot be corrected, and tries it again', async () => {
    const world = await recorded();
    let broken = true;
    await world.restart({
      restamp: (path) =>
        broken && path.endsWith('00000000.wav')
          ? Promise.reject(Object.assign(new Error('EIO'), { code: 'EIO' }))
          : Promise.resolve(false),
    });
    await world.synchronise();
    await world.turn();
    await world.turn();
    expect(world.rows().map(({ clock_unsynced }) => clock_unsynced)).toEqual([1, 0]);
    // Its row still tells where its file is.
    expect(world.markOf(world.rows()[0]!.raw_path)).toBe(1);
    const complaints = world.folder.logger
      .events()
      .filter((event) => event === 'recording.retiming_failed');
    expect(complaints).toHaveLength(1);
    broken = false;
    await world.turn();
    expect(world.rows().map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0]);
  });

  it('corrects one by one what a running capture records that could not be told', async () => {
    const world = await recorded();
    const untold = {
      archive: {
        ...world.archive,
        shift: () => Promise.reject(new Error('ENOSPC')),
      },
    };
    await world.restart(untold);
    await world.synchronise();
    await world.turn();
    await world.record(1);
    await world.index();
    await world.turn();
    const rows = world.rows();
    expect(rows.map(({ clock_unsynced }) => clock_unsynced)).toEqual([0, 0, 0]);
    expect(rows[2]!.time_ms - rows[1]!.time_ms).toBe(2000);
    expect(world.retimer.status().counters['runs_pending']).toBe(1);
    await world.end();
    // Nobody heard of its end: it is found when all runs are looked through.
    await world.pass(11 * 60_000);
    await world.turn();
    expect(world.retimer.status().counters['runs_pending']).toBe(0);
  });

  it('begins a journal anew that cannot be understood, and says so', async () => {
    const world = await recorded();
    writeFileSync(join(world.folder.root, 'retiming.json'), '{"version":1,"runs":[{');
    await world.synchronise();
    await world.turn();
    expect(world.rows()[0]!.clock_unsynced).toBe(0);
    expect(world.folder.logger.events()).toContain('retiming.journal_damaged');
  });

  it('makes no second recording of a file that has just got its new name', async () => {
    const world = await recorded();
    await world.indexer.start();
    await world.synchronise();
    await Promise.all([world.turn(), world.indexer.sweep(true), world.indexer.sweep(true)]);
    await world.indexer.sweep(true);
    expect(world.rows()).toHaveLength(2);
    expect(world.folder.logger.events()).not.toContain('file.refused');
    await vi.waitFor(() => {
      for (const row of world.rows()) expect(row.raw_sha256).toBe(world.sha256Of(row.raw_path));
    }, 20_000);
  });
});

describe('a hash', () => {
  it('of a file that was re-timed while it was being read is not kept: it is made anew', async () => {
    const world = await recorded();
    const { connection, root, logger } = world.folder;
    const [large, small] = world.rows();
    writeFileSync(join(root, large!.raw_path), Buffer.alloc(64 * 1024 * 1024, 1));
    connection.sqlite.exec('update recordings set raw_sha256 = null');
    const hashes = new HashQueue({
      connection,
      clock: systemClock,
      logger,
      dataRoot: root,
      sha256WorkerUrl: SHA256_WORKER,
    });
    await hashes.start();
    hashes.nudge();
    await settle();
    writeFileSync(join(root, large!.raw_path), 'another file');
    connection.sqlite
      .prepare('update recordings set retimed_at_ms = 1, raw_sha256 = null where id = ?')
      .run(large!.id);
    await vi.waitFor(() => {
      expect(world.rows()[1]!.raw_sha256).toBe(world.sha256Of(small!.raw_path));
    }, 20_000);
    expect(world.rows()[0]!.raw_sha256).toBeNull();
    hashes.nudge();
    await vi.waitFor(() => {
      expect(world.rows()[0]!.raw_sha256).toBe(world.sha256Of(large!.raw_path));
    }, 20_000);
    await hashes.stop();
  });
});

describe('its queries', () => {
  it('find the recordings of a run on the index of runs, in order', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => new UnsyncedRecordings(connection));
    expect(queries).toHaveLength(3);
    const plans = queries.map(({ plan }) => plan);
    // The first is asked for again and again: a season of others is not walked through.
    expect(plans[0]).toMatch(/SEARCH recordings USING INDEX ix_recordings_unsynced/);
    expect(plans[1]).toMatch(/SEARCH recordings .*ux_recordings_run_sequence/);
    expect(plans[2]).toMatch(/SEARCH .*PRIMARY KEY/);
    for (const plan of plans) {
      expect(plan).not.toMatch(/TEMP B-TREE/);
    }
  });
});
