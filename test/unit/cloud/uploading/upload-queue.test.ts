import { describe, expect, it } from 'vitest';
import { afterFailure } from '@main/cloud/uploading/failure-policy';
import { type Attempt, UploadLedger } from '@main/cloud/uploading/upload-ledger';
import { UploadQueue } from '@main/cloud/uploading/upload-queue';
import type { Connection } from '@main/database/connection';
import { recordings, storageRemotes } from '@main/database/schema';
import { FakeClock } from '../../../support/fake-clock';
import { watchQueries } from '../../../support/query-plans';
import { insertRecordings } from '../../../support/sample-library';
import { insertDevice, insertRecording } from '../../../support/sample-rows';
import { stationDatabase } from '../../../support/station-database';

const NOW_MS = Date.UTC(2026, 4, 2);
const NONE = new Set<number>();

interface QueueWorld {
  readonly connection: Connection;
  readonly queue: UploadQueue;
  station: string;
  remote(slug: string, columns?: Partial<typeof storageRemotes.$inferInsert>): void;
  set(columns: string, id: number): void;
  state(id: number, slug?: string): { state: string; path: string; attempts: number } | undefined;
}

function queueWorld(): QueueWorld {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  const world: QueueWorld = {
    connection,
    queue: new UploadQueue({ connection, stationName: () => world.station }),
    station: 'Test',
    remote: (slug, columns = {}) => {
      connection.db
        .insert(storageRemotes)
        .values({ slug, name: slug, type: 'webdav', options: {}, createdAtMs: 0, ...columns })
        .run();
    },
    set: (columns, id) => {
      connection.sqlite.prepare(`update recordings set ${columns} where id = ?`).run(id);
    },
    state: (id, slug = 'a') =>
      connection.sqlite
        .prepare<[number, string], { state: string; path: string; attempts: number }>(
          'select state, path, attempts from recording_remotes where recording_id = ? and remote_slug = ?',
        )
        .get(id, slug),
  };
  world.remote('a');
  return world;
}

const idsOf = (taken: ReturnType<UploadQueue['take']>): number[] =>
  taken.map((one) => (one.kind === 'work' ? one.upload.recordingId : -one.recordingId));

describe('the queue of a remote', () => {
  it('has the oldest first, each once, and those that are known not again', () => {
    const { queue, connection } = queueWorld();
    const ids = [3, 1, 2].map((n) => insertRecording(connection, { device: 'mic', timeMs: n }));
    expect(queue.refill('a', NOW_MS)).toMatchObject({ queued: 3, skipped: 0 });
    expect(queue.refill('a', NOW_MS)).toMatchObject({ queued: 0 });
    expect(idsOf(queue.take('a', NONE, 10, NOW_MS))).toEqual([ids[1], ids[2], ids[0]]);
    expect(idsOf(queue.take('a', new Set([ids[1] ?? 0]), 1, NOW_MS))).toEqual([ids[2]]);
  });

  it('passes over what is in the bin, is not here, or has no sound, and what came before the remote', () => {
    const world = queueWorld();
    const { queue, connection } = world;
    const before = insertRecording(connection, { device: 'mic' });
    world.remote('late', { fromId: before, throughId: before });
    const binned = insertRecording(connection, { device: 'mic', deletedAtMs: 1 });
    const away = insertRecording(connection, { device: 'mic', localDeleted: true });
    const lost = insertRecording(connection, { device: 'mic', missingFile: 'raw' });
    const good = insertRecording(connection, { device: 'mic' });
    expect(queue.refill('late', NOW_MS)).toMatchObject({ queued: 1, skipped: 3 });
    expect(idsOf(queue.take('late', NONE, 10, NOW_MS))).toEqual([good]);
    for (const id of [before, binned, away, lost]) expect(world.state(id, 'late')).toBeUndefined();
  });

  it('sends the processed file of a recording that has no raw one', () => {
    const { queue, connection } = queueWorld();
    insertRecording(connection, {
      device: 'mic',
      rawPath: null,
      processedPath: 'recorder/mic/data/processed/x.wav',
      processedSizeBytes: 7,
    });
    queue.refill('a', NOW_MS);
    const [taken] = queue.take('a', NONE, 1, NOW_MS);
    expect(taken).toMatchObject({ upload: { source: { stream: 'processed', sizeBytes: 7 } } });
  });

  it('waits for the other file of a recording that came a moment ago', () => {
    const { queue, connection } = queueWorld();
    const id = insertRecording(connection, { device: 'mic', indexedAtMs: NOW_MS - 1_000 });
    expect(queue.refill('a', NOW_MS)).toMatchObject({ queued: 0, settlesInMs: 5_000 });
    expect(queue.refill('a', NOW_MS + 5_000)).toMatchObject({ queued: 1 });
    expect(idsOf(queue.take('a', NONE, 1, NOW_MS + 5_000))).toEqual([id]);
  });

  it('lets go of what was put into the bin or removed after it was queued', () => {
    const world = queueWorld();
    const { queue, connection } = world;
    const [binned, gone, good] = insertRecordings(connection, 3, { device: 'mic' });
    queue.refill('a', NOW_MS);
    world.set('deleted_at_ms = 1', binned ?? 0);
    world.set('local_deleted = 1', gone ?? 0);
    expect(idsOf(queue.take('a', NONE, 10, NOW_MS))).toEqual([-(binned ?? 0), -(gone ?? 0), good]);
    expect(idsOf(queue.take('a', NONE, 10, NOW_MS))).toEqual([good]);
    expect(world.state(binned ?? 0)).toBeUndefined();
    expect(world.state(gone ?? 0)).toMatchObject({ state: 'given_up' });
  });

  it('fixes the place when a recording is first queued, whatever the station is called later', () => {
    const world = queueWorld();
    const [first = 0] = insertRecordings(world.connection, 1, { device: 'mic' });
    world.queue.refill('a', NOW_MS);
    world.station = 'Another';
    const [second = 0] = insertRecordings(world.connection, 1, { device: 'mic' });
    world.queue.refill('a', NOW_MS);
    expect(world.state(first)?.path).toMatch(/^test\/mic\/1970-01-01\//);
    expect(world.state(second)?.path).toMatch(/^another\//);
  });

  it('gives two recordings that bear the same name two places', () => {
    const world = queueWorld();
    const same = (n: number) =>
      insertRecording(world.connection, { device: 'mic', rawPath: `${String(n)}/same.wav` });
    const ids = [same(1), same(2)];
    world.queue.refill('a', NOW_MS);
    expect(ids.map((id) => world.state(id)?.path)).toEqual([
      'test/mic/2026-05-01/same.flac',
      `test/mic/2026-05-01/same_${String(ids[1])}.flac`,
    ]);
  });

  it('looks at what waited for another console, for that may have sent it; not at what is new', () => {
    const { queue, connection } = queueWorld();
    insertRecordings(connection, 1, { device: 'mic' });
    queue.refill('a', NOW_MS);
    const next = new UploadQueue({ connection, stationName: () => 'Test' });
    expect(next.take('a', NONE, 1, NOW_MS)).toMatchObject([{ upload: { mayBeThere: true } }]);
    expect(queue.take('a', NONE, 1, NOW_MS)).toMatchObject([{ upload: { mayBeThere: false } }]);
    expect(queue.take('a', NONE, 1, NOW_MS)).toMatchObject([{ upload: { mayBeThere: true } }]);
  });

  it('waits for its time, but not for years because the clock was wrong', () => {
    const world = queueWorld();
    const [id = 0] = insertRecordings(world.connection, 1, { device: 'mic' });
    world.queue.refill('a', NOW_MS);
    world.connection.sqlite
      .prepare("update recording_remotes set state = 'failed', next_attempt_at_ms = ?")
      .run(NOW_MS + 3_600_000);
    expect(world.queue.take('a', NONE, 1, NOW_MS)).toEqual([]);
    expect(idsOf(world.queue.take('a', NONE, 1, NOW_MS + 3_600_000))).toEqual([id]);
    expect(idsOf(world.queue.take('a', NONE, 1, NOW_MS - 86_400_000 * 365))).toEqual([id]);
  });

  it('takes up everything with a backfill, and what it adds is not uploaded any more', () => {
    const world = queueWorld();
    const { connection, queue } = world;
    const ids = insertRecordings(connection, 3, { device: 'mic' });
    world.remote('late', { fromId: ids[2] ?? 0, throughId: ids[2] ?? 0 });
    connection.sqlite.prepare('update recordings set uploaded = 1').run();
    expect(queue.refill('late', NOW_MS)).toMatchObject({ queued: 0 });
    expect(queue.counts('late').waiting).toBe(0);
    connection.sqlite
      .prepare("update storage_remotes set from_id = 0, through_id = 0 where slug = 'late'")
      .run();
    expect(queue.counts('late').waiting).toBe(3);
    expect(queue.refill('late', NOW_MS)).toMatchObject({ queued: 3 });
    expect(
      connection.db
        .select()
        .from(recordings)
        .all()
        .map(({ uploaded }) => uploaded),
    ).toEqual([false, false, false]);
    expect(queue.counts('late')).toEqual({ waiting: 3, failed: 0, verified: 0 });
  });

  it('looks at no more than a batch at a time, and at none while enough wait', () => {
    const { queue, connection } = queueWorld();
    insertRecordings(connection, 600, { device: 'mic' });
    expect(queue.refill('a', NOW_MS)).toMatchObject({ queued: 50 });
    expect(queue.refill('a', NOW_MS)).toMatchObject({ queued: 0 });
    expect(queue.counts('a').waiting).toBe(600);
  });

  it('is asked by indexes, without sorting and without reading what does not wait', () => {
    const { connection } = queueWorld();
    const queries = watchQueries(connection).of(() => {
      const queue = new UploadQueue({ connection, stationName: () => 'Test' });
      queue.refill('a', NOW_MS);
      queue.take('a', NONE, 5, NOW_MS);
      queue.counts('a');
    });
    expect(queries.length).toBeGreaterThan(8);
    for (const { plan, sql } of queries) {
      expect(plan, sql).not.toMatch(/SCAN (?!recordings USING COVERING INDEX)|TEMP B-TREE/);
    }
  });
});

describe('what is written down of an upload', () => {
  const attempt = (recordingId: number, slug: string): Attempt => ({
    kind: 'verified',
    recordingId,
    slug,
    path: 'p',
    atMs: 5,
    durationMs: 7,
    message: '',
    object: { path: 'p.flac', sizeBytes: 3, sha256: 'a', sourceSha256: 'b', remoteId: null },
    verifiedBy: 'hash',
    hash: { kind: 'md5', value: 'c' },
  });
  const failed = (
    recordingId: number,
    wish: Partial<Extract<Attempt, { kind: 'failed' }>> = {},
  ): Attempt => ({
    kind: 'failed',
    recordingId,
    slug: 'a',
    path: 'p',
    atMs: 5,
    durationMs: 7,
    message: 'no',
    code: 'UNKNOWN',
    stored: null,
    sizeBytes: 3,
    counts: true,
    retryAtMs: 99,
    ...wish,
  });
  const ledgerWorld = () => {
    const world = queueWorld();
    const [id = 0] = insertRecordings(world.connection, 1, { device: 'mic' });
    world.queue.refill('a', NOW_MS);
    const uploaded: number[] = [];
    const ledger = new UploadLedger({
      connection: world.connection,
      clock: new FakeClock(),
      onWritten: (written) => uploaded.push(...written.uploaded),
    });
    const write = (one: Attempt): Promise<void> => {
      const done = ledger.write(one);
      ledger.flush();
      return done;
    };
    return { ...world, ledger, write, id, uploaded };
  };

  it('is that a recording is uploaded only when every active remote has read it back', async () => {
    const world = ledgerWorld();
    const { id, queue, write, uploaded } = world;
    world.remote('b');
    world.remote('paused', { active: false });
    world.remote('removed', { active: false, removedAtMs: 1 });
    world.remote('later', { fromId: id, throughId: id });
    queue.refill('b', NOW_MS);
    await write(attempt(id, 'a'));
    expect(uploaded).toEqual([]);
    await write(attempt(id, 'b'));
    expect(uploaded).toEqual([id]);
    expect(world.state(id)).toMatchObject({ state: 'verified', path: 'p.flac', attempts: 1 });
  });

  it('is a row for ever, also of a failure, and what it counts', async () => {
    const { connection, id, write, state } = ledgerWorld();
    await write(failed(id));
    expect(state(id)).toMatchObject({ state: 'failed', attempts: 1 });
    await write(failed(id, { code: 'OFFLINE', counts: false, retryAtMs: 0 }));
    expect(state(id)).toMatchObject({ state: 'queued', attempts: 1 });
    await write(failed(id, { code: 'ENCODE', retryAtMs: null }));
    expect(state(id)).toMatchObject({ state: 'given_up', attempts: 2 });
    const rows = connection.sqlite.prepare('select success, code from uploads order by id').all();
    expect(rows).toEqual([
      { success: 0, code: 'UNKNOWN' },
      { success: 0, code: 'OFFLINE' },
      { success: 0, code: 'ENCODE' },
    ]);
    expect(() => connection.sqlite.prepare('update uploads set success = 1').run()).toThrow(
      /append-only/,
    );
  });

  it('is that it was sent where it could not be read back', async () => {
    const { id, write, state, queue } = ledgerWorld();
    const stored = { path: 'p.wav', sizeBytes: 3, sha256: 'a', sourceSha256: 'b', remoteId: 'r' };
    await write(failed(id, { code: 'OFFLINE', counts: false, retryAtMs: 0, stored }));
    expect(state(id)).toMatchObject({ state: 'uploaded', path: 'p.wav' });
    expect(queue.take('a', NONE, 1, NOW_MS)).toMatchObject([
      { upload: { mayBeThere: true, path: 'p.wav' } },
    ]);
  });

  it('is nothing at all where the database takes nothing, and whoever waits is told', async () => {
    const { connection, id, write, state } = ledgerWorld();
    connection.sqlite.exec(
      "create trigger full before insert on uploads begin select raise(abort, 'disk full'); end",
    );
    await expect(write(attempt(id, 'a'))).rejects.toThrow('disk full');
    expect(state(id)).toMatchObject({ state: 'queued' });
  });

  it('is that six hours without a network cost 2,160 recordings nothing', async () => {
    const { connection, queue, write, state } = ledgerWorld();
    insertRecordings(connection, 2_159, { device: 'mic' });
    let inARow = 0;
    for (let atMs = 0; atMs < 6 * 3_600_000;) {
      queue.refill('a', NOW_MS + atMs);
      const [taken] = queue.take('a', NONE, 1, NOW_MS + atMs);
      if (taken?.kind !== 'work') throw new Error('nothing waits');
      inARow += 1;
      const verdict = afterFailure({
        code: 'OFFLINE',
        retryAfterMs: null,
        attempts: taken.upload.attempts + 1,
        inARow,
        refusedInARow: 0,
        random: 0,
      });
      const { recordingId } = taken.upload;
      await write(
        failed(recordingId, {
          code: 'OFFLINE',
          counts: verdict.counts,
          retryAtMs: NOW_MS + atMs + (verdict.retryInMs ?? 0),
        }),
      );
      expect(state(recordingId)).toMatchObject({ state: 'queued', attempts: 0 });
      atMs += verdict.restMs;
    }
    expect(queue.counts('a')).toEqual({ waiting: 2_160, failed: 0, verified: 0 });
    expect(inARow).toBeGreaterThan(70);
  });
});
