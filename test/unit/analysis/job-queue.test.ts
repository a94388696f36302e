import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import { type InBinPlace, JobQueue, LEASE_MS } from '@main/analysis/job-queue';
import { LONGEST_RETRY_MS } from '@main/analysis/retry-policy';
import type { Connection } from '@main/database/connection';
import { recordings } from '@main/database/schema';
import { watchQueries } from '../../support/query-plans';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { openAgain, stationDatabase } from '../../support/station-database';

const NOW = Date.UTC(2026, 10, 21);
const AT = '2026-11-21T00:00:00.000Z';
const nothing = (): void => undefined;

function queueOn(connection: Connection, me = 'me'): JobQueue {
  return new JobQueue({ connection, dataRoot: '/data', me });
}

/** A database with recordings of these capture times. @returns their ids */
function recorded(connection: Connection, ...timesMs: number[]): number[] {
  insertDevice(connection, 'mic');
  return timesMs.map((timeMs) => insertRecording(connection, { device: 'mic', timeMs }));
}

function stateOf(connection: Connection, id: number): unknown {
  return connection.db.select().from(recordings).where(eq(recordings.id, id)).get()?.analysisState;
}

describe('work that waits', () => {
  it('is handed out oldest recording first, and each once', () => {
    const connection = stationDatabase();
    const [b, c, a] = recorded(connection, 2000, 3000, 1000);
    const queue = queueOn(connection);
    expect(queue.refill('peaks', '1', null, NOW)).toBe(true);
    const taken = [1, 2, 3, 4].map(() => queue.claim(['peaks'], 'any', NOW)?.recording.id ?? null);
    expect(taken).toEqual([a, b, c, null]);
  });

  it('is never handed out twice, however many take from it', () => {
    const first = stationDatabase();
    const ids = recorded(first, ...Array.from({ length: 40 }, (_, n) => n * 1000));
    const second = openAgain(first.sqlite.name);
    const queues = [queueOn(first, 'one'), queueOn(second, 'two'), queueOn(second, 'three')];
    queues[0]!.refill('peaks', '1', null, NOW);
    const taken: number[] = [];
    for (let turn = 0; taken.length < 40; turn++) {
      const claim = queues[turn % 3]!.claim(['peaks'], 'any', NOW);
      expect(claim).not.toBeNull();
      taken.push(claim!.recording.id);
    }
    expect(taken).toEqual(ids);
    for (const queue of queues) expect(queue.claim(['peaks'], 'any', NOW)).toBeNull();
  });

  it('comes back when whoever had it does not renew its claim, also after the clock was set back', () => {
    const connection = stationDatabase();
    const [id] = recorded(connection, 1000);
    const [one, other] = [queueOn(connection, 'one'), queueOn(connection, 'other')];
    one.refill('peaks', '1', null, NOW);
    const claim = one.claim(['peaks'], 'any', NOW)!;
    one.renew(claim, NOW + 60_000);
    expect(other.claim(['peaks'], 'any', NOW + LEASE_MS + 1)).toBeNull();
    expect(other.claim(['peaks'], 'any', NOW + 60_000 + LEASE_MS)?.recording.id).toBe(id);
    // What was lost to another one is not written any more.
    const done = { state: 'done', version: '1', at: AT, detail: '' } as const;
    expect(one.finish(claim, done, () => expect.unreachable())).toBe(false);
    // A day earlier, by a clock that was set: the claim lies too far ahead to be believed.
    expect(one.claim(['peaks'], 'any', NOW - 86_400_000)?.recording.id).toBe(id);
  });

  it('is handed out at once again when it is given back', () => {
    const connection = stationDatabase();
    const [id] = recorded(connection, 1000);
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    queue.release(queue.claim(['peaks'], 'any', NOW)!);
    expect(queue.claim(['peaks'], 'any', NOW)?.recording.id).toBe(id);
  });

  it('is done after what a person waits for, of whichever worker of the lane', () => {
    const connection = stationDatabase();
    const [old, , young] = recorded(connection, 1000, 2000, 3000);
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    queue.refill('spectrogram', '1', null, NOW);
    queue.want('spectrogram', young!, 3000);
    queue.want('spectrogram', young!, 3000);
    expect(queue.claim(['peaks', 'spectrogram'], 'any', NOW)).toMatchObject({
      worker: 'spectrogram',
      wanted: true,
      recording: { id: young },
    });
    expect(queue.claim(['peaks', 'spectrogram'], 'wanted', NOW)).toBeNull();
    expect(queue.claim(['peaks', 'spectrogram'], 'any', NOW)).toMatchObject({
      wanted: false,
      recording: { id: old },
    });
  });

  it('is looked for in batches, and a recording that has just come is given time for its second file', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    const fresh = connection.sqlite.transaction(() => {
      for (let n = 0; n < 300; n++) insertRecording(connection, { device: 'mic', timeMs: n });
      return insertRecording(connection, { device: 'mic', timeMs: 5, indexedAtMs: NOW - 1000 });
    })();
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    expect(queue.counts('peaks')).toEqual({ waiting: 301, failed: 0 });
    // Enough wait: no more are looked for.
    expect(queue.refill('peaks', '1', null, NOW)).toBe(false);
    const isWaiting = (id: number): boolean =>
      connection.sqlite.prepare('select 1 from analysis_jobs where recording_id = ?').get(id) !==
      undefined;
    connection.sqlite.exec('delete from analysis_jobs');
    expect(queue.refill('peaks', '1', null, NOW)).toBe(true);
    expect([isWaiting(fresh - 1), isWaiting(fresh)]).toEqual([true, false]);
    expect(queue.refill('peaks', '1', null, NOW)).toBe(false);
    queue.refill('peaks', '1', null, NOW + 5000);
    expect(isWaiting(fresh)).toBe(true);
  });

  it('is skipped while it lies in the bin, and done when it is taken out', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    const binned = insertRecording(connection, { device: 'mic', timeMs: 1, deletedAtMs: NOW });
    const later = insertRecording(connection, { device: 'mic', timeMs: 2 });
    const other = insertRecording(connection, { device: 'mic', timeMs: 3 });
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    // This one is thrown away while it waits.
    connection.db
      .update(recordings)
      .set({ deletedAtMs: NOW })
      .where(eq(recordings.id, later))
      .run();
    expect(queue.claim(['peaks'], 'any', NOW)?.recording.id).toBe(other);
    expect(queue.claim(['peaks'], 'any', NOW)).toBeNull();
    expect(queue.takeUpRestored('peaks', null)).toBeNull();
    expect(queue.counts('peaks').waiting).toBe(1);
    connection.db.update(recordings).set({ deletedAtMs: null }).run();
    expect(queue.takeUpRestored('peaks', null)).toBeNull();
    expect(queue.claim(['peaks'], 'any', NOW)?.recording.id).toBe(binned);
    expect(queue.claim(['peaks'], 'any', NOW)?.recording.id).toBe(later);
  });

  it('is found by and by where the bin is full, and where all of it is of one moment', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    connection.sqlite.transaction(() => {
      for (let n = 0; n < 1200; n++) {
        insertRecording(connection, { device: 'mic', timeMs: 7, deletedAtMs: NOW });
      }
    })();
    connection.sqlite.exec(`insert into analysis_jobs (worker, recording_id, time_ms, priority)
      select 'peaks', id, time_ms, -2 from recordings`);
    connection.sqlite.exec('update recordings set deleted_at_ms = null where id % 2 = 0');
    const queue = queueOn(connection);
    const waiting: number[] = [];
    let after: InBinPlace | null = null;
    do {
      after = queue.takeUpRestored('peaks', after);
      // Those that the queue has not looked at yet count as waiting, too.
      waiting.push(queue.counts('peaks').waiting - 1200);
    } while (after !== null);
    expect(waiting).toEqual([250, 500, 600]);
  });

  it('is shown to who looks at it also in the bin', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    const id = insertRecording(connection, { device: 'mic', timeMs: 1, deletedAtMs: NOW });
    const queue = queueOn(connection);
    queue.want('peaks', id, 1);
    expect(queue.claim(['peaks'], 'any', NOW)).toMatchObject({ wanted: true, recording: { id } });
  });

  it('is none where there is no file any more', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic', localDeleted: true });
    const gone = insertRecording(connection, { device: 'mic' });
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    connection.db
      .update(recordings)
      .set({ localDeleted: true })
      .where(eq(recordings.id, gone))
      .run();
    expect(queue.claim(['peaks'], 'any', NOW)).toBeNull();
    expect(queue.counts('peaks')).toEqual({ waiting: 0, failed: 0 });
  });
});

it('what is too old to be worked on in advance is passed over, and still there for whoever looks', () => {
  const connection = stationDatabase();
  const [old, young] = recorded(connection, 1000, 2000);
  const queue = queueOn(connection);
  expect(queue.refill('peaks', '1', 2000, NOW)).toBe(true);
  expect(queue.claim(['peaks'], 'any', NOW)?.recording.id).toBe(young);
  expect(queue.claim(['peaks'], 'any', NOW)).toBeNull();
  queue.want('peaks', old!, 1000);
  expect(queue.claim(['peaks'], 'any', NOW)?.recording.id).toBe(old);
});

describe('what was done', () => {
  it('is written down with the recording, beside what others did, and not done again', () => {
    const connection = stationDatabase();
    const [id] = recorded(connection, 1000);
    const queue = queueOn(connection);
    for (const worker of ['peaks', 'custom']) {
      queue.refill(worker, '1', null, NOW);
      const claim = queue.claim([worker], 'any', NOW)!;
      const record = { state: 'done', version: '1', at: AT, detail: '' } as const;
      expect(queue.finish(claim, record, nothing)).toBe(true);
    }
    expect(stateOf(connection, id!)).toEqual({
      peaks: { state: 'done', version: '1', at: AT, detail: '' },
      custom: { state: 'done', version: '1', at: AT, detail: '' },
    });
    expect(queue.claim(['peaks', 'custom'], 'any', NOW)).toBeNull();
  });

  it('is written down with what was found or not at all', () => {
    const connection = stationDatabase();
    const [id] = recorded(connection, 1000);
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    const claim = queue.claim(['peaks'], 'any', NOW)!;
    expect(() =>
      queue.finish(claim, { state: 'done', version: '1', at: AT, detail: '' }, () => {
        connection.sqlite.exec("update recordings set title = 'half'");
        throw new Error('disk full');
      }),
    ).toThrow('disk full');
    expect(stateOf(connection, id!)).toEqual({});
    expect(connection.sqlite.prepare('select title from recordings').pluck().get()).toBeNull();
    expect(queue.counts('peaks').waiting).toBe(1);
  });

  it('is done anew by another version, except what that version did already', () => {
    const connection = stationDatabase();
    const [a, b] = recorded(connection, 1000, 2000);
    const queue = queueOn(connection);
    const finish = (version: string): number => {
      const claim = queue.claim(['peaks'], 'any', NOW)!;
      queue.finish(claim, { state: 'done', version, at: AT, detail: '' }, nothing);
      return claim.recording.id;
    };
    queue.refill('peaks', '1', null, NOW);
    finish('1');
    finish('1');
    queue.want('peaks', b!, 2000);
    finish('2'); // somebody looked at it before the others' turn
    queue.refill('peaks', '2', null, NOW);
    expect(finish('2')).toBe(a);
    queue.refill('peaks', '2', null, NOW);
    expect(queue.claim(['peaks'], 'any', NOW)).toBeNull();
  });
});

describe('what failed', () => {
  const failed = { state: 'failed', version: '1', at: AT, detail: 'no good' } as const;

  it('waits for its time, then is given up, and goes on when somebody asks for it', () => {
    const connection = stationDatabase();
    const [id] = recorded(connection, 1000);
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    queue.fail(queue.claim(['peaks'], 'any', NOW)!, failed, NOW + 60_000);
    expect(queue.job('peaks', id!)).toEqual({ kind: 'failed' });
    expect(queue.claim(['peaks'], 'any', NOW + 59_999)).toBeNull();
    const again = queue.claim(['peaks'], 'any', NOW + 60_000)!;
    expect(again.attempts).toBe(1);
    queue.fail(again, failed, null);
    expect(queue.claim(['peaks'], 'any', NOW + 1e12)).toBeNull();
    expect(queue.counts('peaks')).toEqual({ waiting: 0, failed: 1 });
    expect(stateOf(connection, id!)).toEqual({ peaks: failed });
    expect(queue.retry('peaks')).toBe(1);
    expect(queue.claim(['peaks'], 'any', NOW)).toMatchObject({ attempts: 0, recording: { id } });
  });

  it('is tried by another version as if it had never been', () => {
    const connection = stationDatabase();
    const [id] = recorded(connection, 1000);
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    queue.fail(queue.claim(['peaks'], 'any', NOW)!, failed, null);
    queue.refill('peaks', '2', null, NOW);
    expect(queue.counts('peaks')).toEqual({ waiting: 1, failed: 0 });
    expect(queue.claim(['peaks'], 'any', NOW)).toMatchObject({ attempts: 0, recording: { id } });
  });

  it('does not wait for years when the clock was wrong', () => {
    const connection = stationDatabase();
    recorded(connection, 1000);
    const queue = queueOn(connection);
    queue.refill('peaks', '1', null, NOW);
    const ahead = NOW + 10 * 365 * 86_400_000;
    queue.fail(queue.claim(['peaks'], 'any', NOW)!, failed, ahead + LONGEST_RETRY_MS);
    expect(queue.claim(['peaks'], 'any', NOW)).not.toBeNull();
  });
});

it('what is asked again and again walks indexes, and sorts nothing', () => {
  const connection = stationDatabase();
  const queries = watchQueries(connection).of(() => queueOn(connection));
  const plan = (part: string): string => {
    const found = queries.find(({ sql }) => sql.includes(part));
    expect(found).toBeDefined();
    return found!.plan;
  };
  expect(plan('order by priority desc, time_ms limit 1')).toMatch(
    /SEARCH analysis_jobs USING INDEX ix_analysis_jobs_next \(worker=\? AND/,
  );
  expect(plan('order by id limit ?')).toMatch(/SEARCH recordings USING INTEGER PRIMARY KEY/);
  expect(plan('insert into analysis_jobs')).not.toMatch(/SCAN/);
  expect(plan('exists (select 1')).toMatch(/SEARCH analysis_jobs USING .*ix_analysis_jobs_next/);
  for (const { plan: one } of queries) expect(one).not.toMatch(/TEMP B-TREE|SCAN recordings/);
});
