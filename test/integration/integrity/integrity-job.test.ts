import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toInstant } from '@shared/model/time';
import { createEventBus } from '@main/events/bus';
import { IntegrityJob, type IntegrityOptions } from '@main/integrity/integrity-job';
import { PastCache } from '@main/integrity/past-cache';
import { Alerts } from '@main/monitor/alerts';
import { NotFoundError } from '@main/request-error';
import { FakeClock, settle } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

const DAY_MS = 86_400_000;
const PATIENT = { timeout: 20_000 };

/** A folder of recordings and the job on it; nothing holds it back. */
function library() {
  const root = temporaryFolder();
  const connection = stationDatabase();
  const { sqlite } = connection;
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  const alerts = new Alerts({ connection, clock, bus });
  insertDevice(connection, 'mic');
  let held: string | null = null;
  const missing: number[] = [];
  const settings = {
    integrity_enabled: true,
    integrity_rate_mb: 1000,
    integrity_interval_days: 90,
  };
  /** A recording of two files, registered two days ago. @returns its id */
  const record = (
    name: string,
    bytes = 1000,
    more: Parameters<typeof insertRecording>[1] | object = {},
  ) => {
    const files = (['raw', 'processed'] as const).map((stream) => {
      const path = `recorder/mic/data/${stream}/${name}.wav`;
      const content = Buffer.alloc(bytes, `${stream}${name}`);
      mkdirSync(dirname(join(root, path)), { recursive: true });
      writeFileSync(join(root, path), content);
      return { path, sha256: createHash('sha256').update(content).digest('hex') };
    });
    return insertRecording(connection, {
      device: 'mic',
      rawPath: files[0]!.path,
      rawSha256: files[0]!.sha256,
      processedPath: files[1]!.path,
      processedSha256: files[1]!.sha256,
      indexedAtMs: clock.wallMs() - 2 * DAY_MS,
      ...more,
    });
  };
  const job = (options: Partial<IntegrityOptions> = {}): IntegrityJob => {
    const made = new IntegrityJob({
      connection,
      clock,
      bus,
      logger,
      dataRoot: root,
      settings: () => settings,
      alerts,
      hold: () => held,
      mistrust: () => Promise.resolve(null),
      rewriting: () => false,
      alone: (work) => work(),
      onMissing: () => missing.push(1),
      ...options,
    });
    onTestFinished(() => made.stop());
    return made;
  };
  return {
    root,
    connection,
    sqlite,
    clock,
    bus,
    logger,
    alerts,
    settings,
    missing,
    record,
    job,
    hold: (why: string | null) => {
      held = why;
    },
    raw: (name: string) => join(root, `recorder/mic/data/raw/${name}.wav`),
    state: (id: number) =>
      sqlite
        .prepare('select integrity, verified_at_ms as at from recordings where id = ?')
        .get(id) as {
        integrity: string | null;
        at: number | null;
      },
    open: () => alerts.open().map(({ code }) => code),
  };
}

type Library = ReturnType<typeof library>;

function flipByte(file: string, at: number): string {
  const bytes = readFileSync(file);
  bytes[at]! ^= 1;
  writeFileSync(file, bytes);
  return createHash('sha256').update(bytes).digest('hex');
}

async function untilDone(job: IntegrityJob): Promise<void> {
  await job.start();
  await expect.poll(() => job.progress().state, PATIENT).toBe('done');
}

describe('the integrity job', () => {
  it('verifies both files of every recording, and finds nothing where nothing is wrong', async () => {
    const lib = library();
    const ids = ['a', 'b', 'c'].map((name) => lib.record(name));
    const job = lib.job();
    await untilDone(job);
    for (const id of ids) {
      expect(lib.state(id)).toEqual({ integrity: 'ok', at: lib.clock.wallMs() });
    }
    expect(job.progress()).toMatchObject({ total: 3, verified: 3, corrupt: 0, roundSince: null });
    expect(job.progress().wholeAt).toBe(toInstant(lib.clock.wallMs()));
    expect(lib.open()).toEqual([]);
  });

  it('does not call whole what it could not conclude', async () => {
    const lib = library();
    lib.record('a');
    flipByte(lib.raw('a'), 100);
    const job = lib.job({ mistrust: () => Promise.resolve('the disk is away') });
    await untilDone(job);
    expect(job.progress().wholeAt).toBeNull();
  });

  it.each(['raw', 'processed'] as const)(
    'finds one flipped bit in a %s file, tells both hashes, and leaves the file where it is',
    async (stream) => {
      const lib = library();
      lib.record('a');
      const id = lib.record('b', 700_000);
      const file = join(lib.root, `recorder/mic/data/${stream}/b.wav`);
      const recorded = createHash('sha256').update(readFileSync(file)).digest('hex');
      const found = flipByte(file, 400_000);
      const job = lib.job();
      await untilDone(job);
      expect(lib.state(id).integrity).toBe('corrupt');
      expect(job.progress()).toMatchObject({ corrupt: 1 });
      expect(lib.open()).toEqual(['integrity.corrupt']);
      const { evidence, level } = lib.alerts.open()[0]!;
      expect(level).toBe('critical');
      expect(evidence).toContain(
        `recorder/mic/data/${stream}/b.wav: recorded ${recorded}, now ${found}; read twice`,
      );
      const entry = lib.sqlite
        .prepare('select action, subject, old_value, new_value from audit_log')
        .get();
      expect(entry).toMatchObject({
        action: 'integrity.corrupt',
        subject: `recorder/mic/data/${stream}/b.wav`,
        old_value: JSON.stringify(recorded),
      });
      expect(JSON.stringify(entry)).toContain(found);
      expect(createHash('sha256').update(readFileSync(file)).digest('hex')).toBe(found);
    },
  );

  it('ends the alert when the file is whole again', async () => {
    const lib = library();
    const id = lib.record('a');
    flipByte(lib.raw('a'), 10);
    const job = lib.job();
    await untilDone(job);
    expect(lib.open()).toEqual(['integrity.corrupt']);
    flipByte(lib.raw('a'), 10);
    expect((await job.verify(id)).map(({ result }) => result)).toEqual(['ok', 'ok']);
    expect(lib.open()).toEqual([]);
    expect(lib.state(id).integrity).toBe('ok');
  });

  it('ends the alert when the recording was discarded', async () => {
    const lib = library();
    const id = lib.record('a');
    flipByte(lib.raw('a'), 10);
    const job = lib.job();
    await untilDone(job);
    lib.sqlite.prepare('update recordings set deleted_at_ms = 1 where id = ?').run(id);
    await lib.clock.advance(10 * 60_000);
    expect(lib.open()).toEqual([]);
  });

  it('verifies the least recently verified first, and only what is due', async () => {
    const lib = library();
    const now = lib.clock.wallMs();
    const due = lib.record('due', 1000, { verifiedAtMs: now - 91 * DAY_MS });
    const older = lib.record('older', 1000, { verifiedAtMs: now - 300 * DAY_MS });
    const fresh = lib.record('fresh', 1000, { verifiedAtMs: now - 89 * DAY_MS });
    const never = lib.record('never');
    const new_ = lib.record('new', 1000, { indexedAtMs: now - 1000 });
    const noHash = lib.record('no hash', 1000, { rawSha256: null, processedSha256: null });
    const order: string[] = [];
    const reader = new PastCache();
    const digest = reader.digest.bind(reader);
    reader.digest = (path, ...rest) => {
      if (path.includes('/raw/')) order.push(path.slice(path.lastIndexOf('/') + 1, -4));
      return digest(path, ...rest);
    };
    const job = lib.job({ reader });
    await untilDone(job);
    expect(order).toEqual(['never', 'older', 'due']);
    for (const id of [due, older, never]) expect(lib.state(id).integrity).toBe('ok');
    for (const id of [fresh, new_, noHash]) expect(lib.state(id).integrity).toBeNull();
    expect(job.progress()).toMatchObject({ total: 6, verified: 4 });

    await lib.clock.advance(DAY_MS);
    await expect.poll(() => lib.state(new_).integrity, PATIENT).toBe('ok');
  });

  it('asks for an audit where a file is missing, and believes nothing of a disk that is gone', async () => {
    const lib = library();
    const id = lib.record('a');
    rmSync(lib.raw('a'));
    const away = lib.job({ mistrust: () => Promise.resolve('The disk is gone.') });
    await untilDone(away);
    expect(lib.state(id)).toEqual({ integrity: null, at: null });
    await away.stop();
    await untilDone(lib.job());
    expect(lib.state(id).integrity).toBe('missing');
    expect(lib.missing.length).toBeGreaterThan(0);
  });

  it('tells a file that cannot be read from one that is another', async () => {
    const lib = library();
    const id = lib.record('a');
    const reader = new PastCache();
    reader.digest = () =>
      Promise.reject(Object.assign(new Error('EIO: i/o error'), { code: 'EIO' }));
    await untilDone(lib.job({ reader }));
    expect(lib.state(id).integrity).toBe('unreadable');
    expect(lib.open()).toEqual(['integrity.unreadable']);
  });

  it('calls a file sound that is read wrong once and right the second time, and says so', async () => {
    const lib = library();
    const id = lib.record('a');
    const reader = new PastCache();
    const digest = reader.digest.bind(reader);
    let readings = 0;
    reader.digest = async (...args) => {
      const found = await digest(...args);
      readings += 1;
      return readings === 1 ? { ...found, sha256: 'f'.repeat(64) } : found;
    };
    await untilDone(lib.job({ reader }));
    expect(lib.state(id).integrity).toBe('ok');
    expect(lib.logger.lines.map(({ event }) => event)).toContain('integrity.flaky');
  });

  describe('takes a file that is being rewritten for no corrupt one', () => {
    it('when its row is about another file by the time that it was read', async () => {
      const lib = library();
      const id = lib.record('a');
      flipByte(lib.raw('a'), 5);
      const retime = lib.sqlite.prepare(
        'update recordings set raw_sha256 = null, retimed_at_ms = 5 where id = ?',
      );
      const alone = (work: () => Promise<void>): Promise<void> => {
        retime.run(id); // what was under way is over
        return work();
      };
      await untilDone(lib.job({ alone }));
      expect(lib.state(id)).toEqual({ integrity: null, at: null });
      expect(lib.open()).toEqual([]);
    });

    it('when its time still is to be corrected', async () => {
      const lib = library();
      const id = lib.record('a', 1000, { clockUnsynced: true });
      flipByte(lib.raw('a'), 5);
      let rewriting = true;
      const job = lib.job({ rewriting: () => rewriting });
      await untilDone(job);
      expect(lib.state(id).integrity).toBeNull();
      rewriting = false;
      await job.verify(id);
      expect(lib.state(id).integrity).toBe('corrupt');
    });

    it('when it was renamed before it was read', async () => {
      const lib = library();
      const id = lib.record('a');
      renameSync(lib.raw('a'), lib.raw('b'));
      const rename = lib.sqlite.prepare('update recordings set raw_path = ? where id = ?');
      const mistrust = (): Promise<null> => {
        rename.run('recorder/mic/data/raw/b.wav', id);
        return Promise.resolve(null);
      };
      await untilDone(lib.job({ mistrust }));
      expect(lib.state(id).integrity).toBeNull();
    });
  });
});

describe('the integrity job reads nothing', () => {
  const atRest = async (lib: Library, job: IntegrityJob): Promise<void> => {
    await job.start();
    await lib.clock.advance(100);
    expect(job.progress().current).toBeNull();
  };

  it('while it is paused, and goes on when it is resumed', async () => {
    const lib = library();
    const id = lib.record('a');
    const job = lib.job();
    expect(job.pause('page')).toMatchObject({ state: 'paused', detail: 'Somebody paused it.' });
    await atRest(lib, job);
    expect(lib.state(id).at).toBeNull();
    job.resume('page');
    await expect.poll(() => lib.state(id).integrity, PATIENT).toBe('ok');
  });

  it('while it is paused, also after a restart, until a person resumes it; and tells who has paused it', async () => {
    const lib = library();
    const id = lib.record('a');
    const first = lib.job();
    first.pause('command_line');
    const since = new Date(lib.clock.wallMs()).toISOString();
    await lib.clock.advance(60_000);
    first.pause('page');
    await first.start();
    await first.stop();
    const next = lib.job();
    await atRest(lib, next);
    expect(next.progress()).toMatchObject({
      state: 'paused',
      paused: { by: 'command_line', at: since },
    });
    expect(lib.state(id).at).toBeNull();
    next.resume('page');
    expect(next.progress().paused).toBeNull();
    await expect.poll(() => lib.state(id).integrity, PATIENT).toBe('ok');
    expect(lib.job().progress().paused).toBeNull();
    const told = lib.sqlite.prepare('select actor, action from audit_log order by id').raw();
    expect(told.all()).toEqual([
      ['command_line', 'integrity.paused'],
      ['page', 'integrity.resumed'],
    ]);
  });

  it('while it is switched off', async () => {
    const lib = library();
    const id = lib.record('a');
    lib.settings.integrity_enabled = false;
    const job = lib.job();
    await atRest(lib, job);
    expect(job.progress().state).toBe('paused');
    lib.settings.integrity_enabled = true;
    lib.bus.emit('settings.changed', { keys: ['library.integrity_enabled'] });
    await expect.poll(() => lib.state(id).integrity, PATIENT).toBe('ok');
  });

  it('while the disk is short, and stops in the middle of a file', async () => {
    const lib = library();
    const id = lib.record('a', 3_000_000);
    lib.settings.integrity_rate_mb = 0.5;
    const job = lib.job();
    await job.start();
    await expect.poll(() => job.progress().current, PATIENT).not.toBeNull();
    expect(job.progress().state).toBe('running');
    lib.hold('The disk is full.');
    await lib.clock.advance(2_000);
    await expect.poll(() => job.progress().current, PATIENT).toBeNull();
    expect(job.progress()).toMatchObject({ state: 'resting', detail: 'The disk is full.' });
    expect(lib.state(id).at).toBeNull();

    lib.hold(null);
    lib.settings.integrity_rate_mb = 1000;
    lib.bus.emit('data_disk.changed', { state: 'ok' });
    await expect.poll(() => lib.state(id).integrity, PATIENT).toBe('ok');
  });

  it('for ten minutes after a recorder lost sound', async () => {
    const lib = library();
    const id = lib.record('a');
    const job = lib.job();
    job.pause('page');
    await job.start();
    lib.bus.emit('sound.lost', {
      device: 'mic',
      runId: 'aaaaaaaa',
      fromWallMs: 0,
      lostS: 1,
      reason: 'overrun',
      detail: '',
    });
    job.resume('page');
    await lib.clock.advance(9 * 60_000);
    expect(job.progress().state).toBe('resting');
    expect(lib.state(id).at).toBeNull();
    await lib.clock.advance(2 * 60_000);
    await expect.poll(() => lib.state(id).integrity, PATIENT).toBe('ok');
  });

  it('faster than it may', async () => {
    const lib = library();
    const id = lib.record('a', 2_000_000);
    lib.settings.integrity_rate_mb = 1;
    const job = lib.job();
    const began = lib.clock.monotonicMs();
    await job.start();
    // Time passes only while the job waits for it.
    while (lib.state(id).at === null) {
      if (lib.clock.sleeping > 0) await lib.clock.advance(20);
      else await settle();
    }
    // Four megabytes, and something for the file itself; what it may have saved up at the start is less than that.
    const tookS = (lib.clock.monotonicMs() - began) / 1000;
    expect(tookS).toBeGreaterThan(3.8);
    expect(job.progress().bytesPerS).toBeLessThan(1.1e6);
  }, 30_000);
});

describe('one recording that is asked for', () => {
  it('is read at once, whatever the job does', async () => {
    const lib = library();
    const id = lib.record('a');
    const job = lib.job();
    job.pause('page');
    const [raw, processed] = await job.verify(id);
    expect(raw).toMatchObject({ recordingId: id, result: 'ok', detail: '' });
    expect(raw?.found).toBe(raw?.expected);
    expect(processed?.path).toBe('recorder/mic/data/processed/a.wav');
    expect(lib.state(id).integrity).toBe('ok');
  });

  it('without a hash has nothing to be compared with', async () => {
    const lib = library();
    const id = lib.record('a', 1000, { rawSha256: null, processedSha256: null });
    expect((await lib.job().verify(id)).map(({ result }) => result)).toEqual([
      'no_hash',
      'no_hash',
    ]);
    expect(lib.state(id)).toEqual({ integrity: null, at: null });
  });

  it('is not missing because its disk is away, be that found before or while it is read', async () => {
    const lib = library();
    const id = lib.record('a');
    rmSync(lib.raw('a'));
    for (const answers of [['The disk is gone.'], [null, 'The disk is gone.']]) {
      const mistrust = () => Promise.resolve(answers.shift() ?? null);
      await expect(lib.job({ mistrust }).verify(id)).rejects.toMatchObject({
        code: 'NOT_AVAILABLE',
        data: { reason: 'data_disk' },
      });
    }
    expect(lib.state(id).integrity).toBeNull();
  });

  it('that is not here is not found', async () => {
    const lib = library();
    const id = lib.record('a', 1000, { localDeleted: true });
    await expect(lib.job().verify(id)).rejects.toThrow(NotFoundError);
    await expect(lib.job().verify(4711)).rejects.toThrow(NotFoundError);
  });
});
