import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { type LogFilter, type LogRecord, logRecordSchema } from '@shared/model/log';
import { StationLog } from '@main/logging/station-log';
import { FakeClock, settle } from '../../support/fake-clock';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { soon } from '../../support/soon';
import { temporaryFolder } from '../../support/temporary-folder';

const ALL: LogFilter = { level: 'debug' };

function openLog(
  logDir: string,
  options: { clock?: FakeClock; fileBytes?: number; mayWrite?: () => boolean } = {},
): StationLog {
  const log = new StationLog({ logDir, clock: new FakeClock(), ...options });
  onTestFinished(() => log.close());
  return log;
}

function records(logDir: string): LogRecord[] {
  const text = readFileSync(join(logDir, 'station.log'), 'utf8');
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => logRecordSchema.parse(JSON.parse(line)));
}

describe('the log file', () => {
  it('holds one JSON document a line, each a record of the contract', async () => {
    const dir = temporaryFolder();
    const log = openLog(dir);
    log.logger('recorder').info('segment.promoted', 'A segment\nwas promoted.', { frames: 480 });
    log.logger('indexer').error('indexer.failed', 'Trouble.', { error: new Error('disk full') });
    await log.close();
    expect(records(dir)).toEqual([
      {
        sequence: 0,
        time: '2026-05-01T12:00:00.000Z',
        level: 'info',
        service: 'recorder',
        event: 'segment.promoted',
        message: 'A segment\nwas promoted.',
        fields: { frames: 480 },
      },
      expect.objectContaining({ sequence: 1, level: 'error', fields: { error: 'disk full' } }),
    ]);
  });

  it('never holds a secret, and neither do the records that readers get', async () => {
    const dir = temporaryFolder();
    const log = openLog(dir);
    log.logger('a').info('a.b', 'x', { password: 'hunter2', remote: { token: 'hunter2' } });
    await log.close();
    expect(readFileSync(join(dir, 'station.log'), 'utf8')).not.toContain('hunter2');
    expect(JSON.stringify(log.tail(ALL, 10))).not.toContain('hunter2');
  });

  it('is rotated, and all files together stay within bounds', async () => {
    const dir = temporaryFolder();
    const log = openLog(dir, { fileBytes: 20_000 });
    const logger = log.logger('a');
    for (let n = 0; n < 2000; n++) {
      logger.info('a.b', 'x'.repeat(100));
      // As a station does: some records, then a rest.
      if (n % 100 === 0) await settle();
    }
    await log.close();
    const files = readdirSync(dir).filter((name) => name.endsWith('.log'));
    expect(files.length).toBeGreaterThan(3);
    expect(files.length).toBeLessThanOrEqual(7);
    for (const file of files) expect(statSync(join(dir, file)).size).toBeLessThan(40_000);
    expect(records(dir).at(-1)?.sequence).toBe(1999);
  });

  it('begins a line of its own after one that a power cut left half-written', async () => {
    const dir = temporaryFolder();
    writeFileSync(join(dir, 'station.log'), '{"sequence":7,"time":"2026-05-');
    const log = openLog(dir);
    log.logger('a').info('a.b', 'whole');
    await log.close();
    const last = readFileSync(join(dir, 'station.log'), 'utf8').trimEnd().split('\n').at(-1)!;
    expect(logRecordSchema.parse(JSON.parse(last)).message).toBe('whole');
  });
});

describe('a log that is opened again', () => {
  it('remembers its newest records and counts on', async () => {
    const dir = temporaryFolder();
    const first = openLog(dir);
    first.logger('a').info('a.b', 'one');
    first.logger('a').info('a.b', 'two');
    await first.close();
    const second = openLog(dir);
    second.logger('a').info('a.b', 'three');
    expect(second.tail(ALL, 10).map(({ sequence, message }) => [sequence, message])).toEqual([
      [0, 'one'],
      [1, 'two'],
      [2, 'three'],
    ]);
  });

  it('passes over lines that are no records', () => {
    const dir = temporaryFolder();
    const good = {
      sequence: 4,
      time: '2026-05-01T12:00:00.000Z',
      level: 'info',
      service: 'a',
      event: 'a.b',
      message: 'good',
      fields: {},
    };
    const lines = [
      'nonsense',
      '{}',
      '',
      JSON.stringify(good),
      JSON.stringify({ ...good, level: 7 }),
      '{"half',
    ];
    writeFileSync(join(dir, 'station.log'), lines.join('\n'));
    expect(openLog(dir).tail(ALL, 10)).toEqual([good]);
  });

  it('reads no more than the end of a large file', () => {
    const dir = temporaryFolder();
    const line = (n: number): string =>
      `${JSON.stringify({
        sequence: n,
        time: '2026-05-01T12:00:00.000Z',
        level: 'info',
        service: 'ä',
        event: 'a.b',
        message: 'ö'.repeat(500),
        fields: {},
      })}\n`;
    mkdirSync(dir, { recursive: true });
    for (let n = 0; n < 6000; n++) appendFileSync(join(dir, 'station.log'), line(n));
    const tail = openLog(dir).tail(ALL, 2000);
    expect(tail.at(-1)?.sequence).toBe(5999);
    expect(tail.length).toBeGreaterThan(1500);
    expect(tail.map((record) => record.sequence)).toEqual(
      Array.from({ length: tail.length }, (_, i) => 6000 - tail.length + i),
    );
  });
});

describe('the tail of a log', () => {
  it('is the newest records that pass, oldest first, and no more than asked for', () => {
    const log = openLog(temporaryFolder());
    const recorder = log.logger('recorder');
    for (let n = 0; n < 5; n++) recorder.warn('a.b', `w${n}`);
    recorder.forService('indexer').warn('a.b', 'other');
    recorder.debug('a.b', 'w quietly');
    const tail = log.tail({ level: 'info', service: 'recorder' }, 3);
    expect(tail.map((record) => record.message)).toEqual(['w2', 'w3', 'w4']);
  });

  it('goes back two thousand records and no further', () => {
    const log = openLog(temporaryFolder());
    for (let n = 0; n < 10_000; n++) log.logger('a').info('a.b', String(n));
    const { length } = log.tail(ALL, 100_000);
    expect(length).toBeGreaterThanOrEqual(2000);
    expect(length).toBeLessThanOrEqual(2500);
  });
});

describe('a live reader', () => {
  it('gets what passes, from when it began to read', async () => {
    const log = openLog(temporaryFolder());
    const abort = new AbortController();
    log.logger('a').warn('a.b', 'before');
    const reader = log.watch({ level: 'warn' }, abort.signal);
    const first = reader.next();
    log.logger('a').info('a.b', 'too quiet');
    log.logger('a').warn('a.b', 'heard');
    expect((await first).value?.message).toBe('heard');
    abort.abort();
  });

  it('costs nothing once its signal aborts, whether it waits or is busy', async () => {
    const log = openLog(temporaryFolder());
    const abort = new AbortController();
    const waiting = log.watch(ALL, abort.signal);
    const busy = log.watch(ALL, abort.signal);
    const pending = waiting.next();
    const begun = busy.next();
    expect(log.watchers).toBe(2);
    abort.abort();
    expect((await pending).done).toBe(true);
    expect((await begun).done).toBe(true);
    expect(log.watchers).toBe(0);
  });

  it('costs nothing once it leaves of its own accord', async () => {
    const log = openLog(temporaryFolder());
    const reader = log.watch(ALL, new AbortController().signal);
    const first = reader.next();
    log.logger('a').info('a.b', 'x');
    await first;
    await reader.return();
    expect(log.watchers).toBe(0);
  });

  it('costs nothing when it is busy for ever and its signal aborts', async () => {
    const log = openLog(temporaryFolder());
    const abort = new AbortController();
    const reader = log.watch(ALL, abort.signal);
    const first = reader.next();
    log.logger('a').info('a.b', 'x');
    await first; // and never asks again
    abort.abort();
    expect(log.watchers).toBe(0);
  });

  it('that is slow misses the oldest and sees by the sequence that it did', async () => {
    const log = openLog(temporaryFolder());
    const abort = new AbortController();
    const reader = log.watch(ALL, abort.signal);
    const first = reader.next();
    for (let n = 0; n < 5000; n++) log.logger('a').info('a.b', 'x');
    expect((await first).value?.sequence).toBe(4000);
    const rest: number[] = [];
    for (let n = 0; n < 999; n++) rest.push((await reader.next()).value!.sequence);
    expect(rest).toEqual(Array.from({ length: 999 }, (_, i) => 4001 + i));
    abort.abort();
  });

  it('does not begin when its signal has aborted', async () => {
    const log = openLog(temporaryFolder());
    expect((await log.watch(ALL, AbortSignal.abort()).next()).done).toBe(true);
    expect(log.watchers).toBe(0);
  });
});

describe('a disk that refuses the log', () => {
  const speak = async (log: StationLog): Promise<void> => {
    for (let n = 0; n < 50; n++) {
      log.logger('a').error('a.b', String(n));
      if (n % 10 === 0) await settle();
    }
  };

  it.runIf(mayMount())('stops nobody from logging: a folder that is read-only', async () => {
    const folder = mountedFolder();
    folder.makeReadOnly();
    const log = openLog(folder.path);
    await speak(log);
    expect(log.tail(ALL, 100)).toHaveLength(50);
    await log.close();
  });

  it('stops nobody from logging: a folder that vanished', async () => {
    const dir = join(temporaryFolder(), 'logs');
    mkdirSync(dir);
    const log = openLog(dir);
    log.logger('a').info('a.b', 'x');
    await soon(() => {
      expect(records(dir)).toHaveLength(1);
    });
    renameSync(dir, `${dir}-away`);
    writeFileSync(dir, 'a file in its place');
    await speak(log);
    expect(log.tail(ALL, 100)).toHaveLength(51);
    await log.close();
  });

  it('is not written to while it is not there, and nothing is made in its place', async () => {
    const dir = join(temporaryFolder(), 'logs');
    mkdirSync(dir);
    let isThere = true;
    const log = openLog(dir, { mayWrite: () => isThere });
    log.logger('a').info('a.b', 'before');
    await soon(() => {
      expect(records(dir)).toHaveLength(1);
    });
    isThere = false;
    renameSync(dir, `${dir}-away`);
    await speak(log);
    expect(() => readdirSync(dir)).toThrow('ENOENT');
    expect(records(`${dir}-away`)).toHaveLength(1);
    expect(log.tail(ALL, 100)).toHaveLength(51);
    renameSync(`${dir}-away`, dir);
    isThere = true;
    log.logger('a').info('a.b', 'after');
    await soon(() => {
      expect(records(dir).map(({ message }) => message)).toEqual(['before', 'after']);
    });
  });

  it('stops nobody from logging: a folder where the file should be', async () => {
    const dir = temporaryFolder();
    mkdirSync(join(dir, 'station.log'));
    const log = openLog(dir);
    await speak(log);
    expect(log.tail(ALL, 100)).toHaveLength(50);
    await log.close();
  });

  it.runIf(mayMount())('gets it again when it has room again', async () => {
    const folder = mountedFolder({ sizeKb: 64 });
    const clock = new FakeClock();
    const log = openLog(folder.path, { clock });
    writeFileSync(join(folder.path, 'ballast'), Buffer.alloc(60 * 1024));
    for (let n = 0; n < 20; n++) {
      log.logger('a').info('a.b', 'x'.repeat(1000));
      await settle();
    }
    rmSync(join(folder.path, 'ballast'));
    await clock.advance(60_000);
    log.logger('a').info('a.b', 'room again');
    await vi.waitFor(() => {
      const lines = readFileSync(join(folder.path, 'station.log'), 'utf8').trimEnd().split('\n');
      expect(logRecordSchema.parse(JSON.parse(lines.at(-1)!)).message).toBe('room again');
    }, 20_000);
  });
});
