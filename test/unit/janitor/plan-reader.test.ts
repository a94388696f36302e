import { describe, expect, it } from 'vitest';
import type { Connection } from '@main/database/connection';
import { recordingRemotes, storageRemotes } from '@main/database/schema';
import { CandidateRows } from '@main/janitor/candidate-rows';
import { PlanReader, type PlanRequest } from '@main/janitor/plan-reader';
import { surveyStorage } from '@main/janitor/storage-survey';
import { DeletionHistory } from '@main/janitor/deletion-history';
import { DeletionRows } from '@main/janitor/deletion-rows';
import { watchQueries } from '../../support/query-plans';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const NOW_MS = Date.UTC(2026, 4, 2);
const BYTES = 245_760; // 960,044 in blocks of 4096 are 235 of them

function stationWith(remotes: readonly string[] = ['nas']): Connection {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  for (const slug of remotes) {
    connection.db
      .insert(storageRemotes)
      .values({ slug, name: slug, type: 'local', options: {}, createdAtMs: 0 })
      .run();
  }
  return connection;
}

function copyOf(
  { db }: Connection,
  recordingId: number,
  state: (typeof recordingRemotes.$inferInsert)['state'],
  remoteSlug = 'nas',
): void {
  const path = `${String(recordingId)}.flac`;
  db.insert(recordingRemotes)
    .values({ recordingId, remoteSlug, path, state, nextAttemptAtMs: 0 })
    .run();
}

const REQUEST: PlanRequest = {
  nowMs: NOW_MS,
  demands: [{ severity: 'defensive', reason: 'disk_space', bytes: 100 * BYTES, files: 0 }],
  oldestMs: null,
  afterUpload: false,
  blockBytes: 4096,
  workers: [],
  stuck: [],
  limit: 100,
  extent: 'next',
};

describe('the reader of plans', () => {
  it('never takes what was not read back from each active remote', () => {
    const connection = stationWith(['nas', 'cloud', 'paused', 'removed']);
    connection.sqlite.exec(`update storage_remotes set active = 0 where slug = 'paused';
      update storage_remotes set active = 0, removed_at_ms = 1 where slug = 'removed';
      update storage_remotes set from_id = 1000 where slug = 'cloud'`);
    const make = (
      copies: Readonly<Record<string, Parameters<typeof copyOf>[2]>>,
      uploaded = true,
    ) => {
      const id = insertRecording(connection, { device: 'mic', uploaded });
      for (const [slug, state] of Object.entries(copies)) copyOf(connection, id, state, slug);
      return id;
    };
    const taken = [
      make({ nas: 'verified', cloud: 'verified' }),
      make({ nas: 'verified' }), // cloud came later
      make({ nas: 'verified', paused: 'queued' }),
      make({ nas: 'verified', removed: 'queued' }),
    ];
    make({ nas: 'verified', cloud: 'uploaded' });
    make({ nas: 'verified', cloud: 'remote_deleted' });
    make({ nas: 'uploaded' });
    make({ removed: 'verified' });
    make({});
    make({ paused: 'verified' }); // nas was to have it, too
    make({ nas: 'verified' }, false); // another one was to have it
    const { items } = new PlanReader(connection.sqlite).plan(REQUEST);
    expect(items.map(({ candidate }) => candidate.id)).toEqual(taken);
    expect(items.every(({ safe }) => safe)).toBe(true);
  });

  it('takes nothing that a backfill promised to a remote, though it is not queued yet', () => {
    const connection = stationWith(['nas', 'cloud']);
    connection.sqlite.exec(`update storage_remotes set from_id = 1000 where slug = 'cloud'`);
    const id = insertRecording(connection, { device: 'mic', uploaded: true });
    copyOf(connection, id, 'verified', 'nas');
    const planned = () => new PlanReader(connection.sqlite).plan(REQUEST).items.length;
    expect(planned()).toBe(1);
    connection.sqlite.exec(`update storage_remotes set from_id = 0 where slug = 'cloud'`);
    expect(planned()).toBe(0);
    connection.sqlite.exec(`update storage_remotes set active = 0 where slug = 'cloud'`);
    expect(planned()).toBe(1);
  });

  it('walks through no more than it needs, and by the indexes', () => {
    const connection = stationWith();
    const watched = watchQueries(connection).of(() => {
      new PlanReader(connection.sqlite);
      surveyStorage(connection.sqlite, NOW_MS);
      new DeletionHistory(connection);
      new DeletionRows(connection);
      new CandidateRows(connection.sqlite);
    });
    const walks = watched.filter(({ sql }) => !sql.startsWith('insert'));
    expect(walks.length).toBeGreaterThan(15);
    for (const { sql, plan } of walks) {
      expect(`${plan} ← ${sql}`).not.toMatch(
        /SCAN (r|recordings|deletions|analysis_jobs|c|uploads|recording_remotes)\b(?! USING)/,
      );
      // In order of time by the index itself, not by sorting a season.
      if (sql.includes('order by'))
        expect(`${plan} ← ${sql}`).not.toContain('TEMP B-TREE FOR ORDER BY');
    }
  });

  it('adds up what the forecast rests on', () => {
    const connection = stationWith();
    const at = (hoursAgo: number) => NOW_MS - hoursAgo * 3_600_000;
    const old = insertRecording(connection, { device: 'mic', timeMs: at(30), uploaded: true });
    const saved = insertRecording(connection, { device: 'mic', timeMs: at(10), uploaded: true });
    insertRecording(connection, {
      device: 'mic',
      timeMs: at(2),
      processedPath: 'x',
      processedSizeBytes: 40_000,
    });
    insertRecording(connection, { device: 'mic', timeMs: at(-2) }); // of a wrong clock
    insertRecording(connection, { device: 'mic', timeMs: at(1), source: 'import' });
    const upload = connection.sqlite.prepare(
      `insert into uploads (recording_id, remote_slug, remote_path, attempt_at_ms, size_bytes, success)
       values (?, 'nas', '', ?, ?, ?)`,
    );
    upload.run(old, at(25), 500_000, 1);
    upload.run(saved, at(9), 400_000, 1);
    upload.run(saved, at(9), 100_000, 0);
    expect(surveyStorage(connection.sqlite, NOW_MS)).toEqual({
      copiesWanted: true,
      recorded: { bytes: 2 * 960_044 + 40_000, sinceMs: at(10) },
      savedBytes: 960_044,
      sentBytes: 400_000,
      safeBytes: 2 * 960_044,
    });
  });
});
