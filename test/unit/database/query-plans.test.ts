import { describe, expect, it } from 'vitest';
import { JobQueue } from '@main/analysis/job-queue';
import { createEventBus } from '@main/events/bus';
import { HashQueue } from '@main/indexer/hash-queue';
import { KnownSounds } from '@main/importing/known-sounds';
import { Registrar } from '@main/indexer/registrar';
import { Rowless } from '@main/indexer/rowless';
import { VerifiedRows } from '@main/integrity/verified-rows';
import { Alerts } from '@main/monitor/alerts';
import { RecordingsRepository } from '@main/recordings/repository';
import { FakeClock } from '../../support/fake-clock';
import { watchQueries } from '../../support/query-plans';
import { recordingLogger } from '../../support/recording-logger';
import { stationDatabase } from '../../support/station-database';

const SORTED_BY_HAND = /TEMP B-TREE/;

describe('what is asked again and again', () => {
  it('finds the newest row without a walk', () => {
    const connection = stationDatabase();
    const repository = new RecordingsRepository({
      connection,
      dataRoot: '/data',
      bus: createEventBus(),
      thread: null as never, // not asked
      timezone: () => 'UTC',
    });
    const [query] = watchQueries(connection).of(() => repository.lastIndexedAtMs());
    expect(query!.plan).not.toMatch(SORTED_BY_HAND);
    expect(query!.sql).toMatch(/limit/);
  });

  it('finds recordings without a hash on their own small index', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(
      () =>
        new HashQueue({
          connection,
          clock: new FakeClock(),
          logger: recordingLogger(),
          dataRoot: '/data',
          sha256WorkerUrl: new URL('file:///unused'),
        }),
    );
    const selects = queries.filter(({ sql }) => sql.trim().startsWith('select'));
    expect(selects).toHaveLength(2);
    for (const { plan, sql } of selects) {
      expect(sql).toMatch(/limit/);
      expect(plan).toMatch(/INDEX ix_recordings_hash_pending/);
      expect(plan).not.toMatch(SORTED_BY_HAND);
    }
  });

  it('finds what is to be verified next, and what is damaged, by walking an index', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => new VerifiedRows(connection));
    const plans = queries
      .filter(({ sql }) => sql.trim().startsWith('select'))
      .map(({ plan }) => plan);
    expect(plans).toHaveLength(6);
    const [never, oldest, one, damaged, ids, places] = plans;
    for (const plan of [never, oldest, ids, places]) {
      expect(plan).toContain('ix_recordings_verified');
      expect(plan).toMatch(/SEARCH/);
    }
    for (const plan of [ids, places]) expect(plan).toContain('COVERING INDEX');
    expect(one).toContain('INTEGER PRIMARY KEY');
    // Of those that are here alone, however many are marked as gone.
    expect(damaged).toContain('ix_recordings_damaged_here');
    for (const plan of plans) expect(plan).not.toMatch(SORTED_BY_HAND);
  });

  it('finds the row of a segment on the unique index of its run', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => new Registrar(connection));
    const [find] = queries.filter(({ sql }) => sql.trim().startsWith('select'));
    expect(find!.plan).toMatch(/SEARCH .*ux_recordings_run_sequence/);
  });

  it('finds what is to be imported by its content, and by its size and name, on an index', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => new KnownSounds(connection));
    expect(queries.map(({ plan }) => /USING (?:COVERING )?INDEX (\w+)/.exec(plan)?.[1])).toEqual([
      'ux_recordings_raw_path',
      'ix_recordings_hash',
      'ix_recordings_original',
      'ix_recordings_audio_hash',
    ]);
    for (const { plan } of queries) expect(plan).toMatch(/^SEARCH/);
  });

  it('goes through the jobs of the bin in their order, from where it was', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(
      () => new JobQueue({ connection, dataRoot: '/data', me: 'me' }),
    );
    const inBin = queries.find(({ sql }) => sql.includes('isOut'));
    expect(inBin!.plan).toMatch(/SEARCH analysis_jobs USING INDEX ix_analysis_jobs_next .*time_ms/);
    expect(inBin!.plan).not.toMatch(SORTED_BY_HAND);
  });

  it('finds files without a row, or with one that says that they are gone, on the index of their paths', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => new Rowless(connection));
    expect(queries.map(({ plan }) => /INDEX (ux_\w+)/.exec(plan)?.[1])).toEqual([
      'ux_recordings_raw_path',
      'ux_recordings_processed_path',
    ]);
  });

  it('finds open alerts without walking through all that ever were', () => {
    const connection = stationDatabase();
    const alerts = new Alerts({ connection, clock: new FakeClock(), bus: createEventBus() });
    connection.sqlite.transaction(() => {
      for (let n = 0; n < 500; n++) {
        alerts.raise('disk.low', 'warning', String(n));
        alerts.clear('disk.low');
      }
    })();
    connection.sqlite.exec('analyze');
    const queries = watchQueries(connection).of(() => {
      alerts.open();
      alerts.clear('disk.low');
    });
    for (const { plan } of queries) expect(plan).toContain('ux_alerts_open');
  });

  // Upload and janitor come in later parts, their indexes stand now. Which one is meant must be said: without it
  // SQLite walks through all that are uploaded.
  it.each([
    [
      'ix_recordings_analysis_pending',
      'select id from recordings where local_deleted = 0 order by time_ms limit 1',
    ],
    [
      'ix_recordings_upload_pending',
      'select id from recordings indexed by ix_recordings_upload_pending where uploaded = 0 and local_deleted = 0 and deleted_at_ms is null order by time_ms limit 50',
    ],
    [
      'ix_recordings_janitor',
      'select id from recordings indexed by ix_recordings_janitor where uploaded = 1 and local_deleted = 0 and protected = 0 order by time_ms limit 50',
    ],
    [
      'ix_recording_remotes_pending',
      "select recording_id from recording_remotes indexed by ix_recording_remotes_pending where remote_slug = ? and state in ('queued', 'uploaded', 'failed') and next_attempt_at_ms <= ? order by time_ms, recording_id limit 50",
    ],
  ])('has %s for the oldest work that waits', (index, sql) => {
    const plan = watchQueries(stationDatabase()).plan(sql);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(SORTED_BY_HAND);
  });
});
