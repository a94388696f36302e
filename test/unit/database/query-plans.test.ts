import { describe, expect, it } from 'vitest';
import { createEventBus } from '@main/events/bus';
import { HashQueue } from '@main/indexer/hash-queue';
import { Registrar } from '@main/indexer/registrar';
import { Alerts } from '@main/monitor/alerts';
import { type PageRequest, RecordingsRepository } from '@main/recordings/repository';
import { FakeClock } from '../../support/fake-clock';
import { watchQueries } from '../../support/query-plans';
import { recordingLogger } from '../../support/recording-logger';
import { stationDatabase } from '../../support/station-database';

const SORTED_BY_HAND = /TEMP B-TREE/;

describe('a page of recordings', () => {
  const cursor = '1767225600000.42';
  const orders = ['newest_first', 'oldest_first'] as const;
  const requests: { name: string; index: string; request: Partial<PageRequest> }[] = [
    { name: 'the first', index: 'ix_recordings_time', request: {} },
    { name: 'a later one', index: 'ix_recordings_time', request: { cursor } },
    {
      name: 'a later one within a time',
      index: 'ix_recordings_time',
      request: { cursor, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
    },
    {
      name: 'the first of a device',
      index: 'ix_recordings_device_time',
      request: { device: 'mic' },
    },
    {
      name: 'a later one of a device',
      index: 'ix_recordings_device_time',
      request: { device: 'mic', cursor },
    },
    {
      name: 'a later one of a device within a time',
      index: 'ix_recordings_device_time',
      request: { device: 'mic', cursor, from: '2026-01-01T00:00:00Z', to: '2026-02-01T00:00:00Z' },
    },
  ];

  it.each(orders.flatMap((order) => requests.map((one) => ({ ...one, order }))))(
    '($name, $order) walks $index and sorts nothing',
    ({ index, request, order }) => {
      const connection = stationDatabase();
      const repository = new RecordingsRepository(connection, '/data', createEventBus());
      const queries = watchQueries(connection).of(() =>
        repository.page({ order, limit: 100, ...request }),
      );
      expect(queries).toHaveLength(1);
      expect(queries[0]!.plan).toContain(`USING INDEX ${index}`);
      expect(queries[0]!.plan).not.toMatch(SORTED_BY_HAND);
      // Not merely scanned in order: the cursor is where the walk begins.
      if (request.cursor !== undefined) expect(queries[0]!.plan).toMatch(/SEARCH .*time_ms/);
    },
  );

  it.each([
    [{}, /USING COVERING INDEX/],
    [{ device: 'mic' }, /SEARCH .*USING COVERING INDEX ix_recordings_device_time/],
    [{ from: '2026-01-01T00:00:00Z' }, /SEARCH .*USING COVERING INDEX ix_recordings_time/],
  ])('is counted (%o) on an index alone', (filter, plan) => {
    const connection = stationDatabase();
    const repository = new RecordingsRepository(connection, '/data', createEventBus());
    const [query] = watchQueries(connection).of(() => repository.count(filter));
    expect(query!.plan).toMatch(plan);
  });

  it('tells of the newest row without a walk', () => {
    const connection = stationDatabase();
    const repository = new RecordingsRepository(connection, '/data', createEventBus());
    const [query] = watchQueries(connection).of(() => repository.lastIndexedAtMs());
    expect(query!.plan).not.toMatch(SORTED_BY_HAND);
    expect(query!.sql).toMatch(/limit/);
  });
});

describe('what is asked again and again', () => {
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
    for (const { plan } of selects) {
      expect(plan).toMatch(/INDEX ix_recordings_hash_pending/);
      expect(plan).not.toMatch(SORTED_BY_HAND);
    }
  });

  it('finds the row of a segment on the unique index of its run', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => new Registrar(connection));
    const [find] = queries.filter(({ sql }) => sql.trim().startsWith('select'));
    expect(find!.plan).toMatch(/SEARCH .*ux_recordings_run_sequence/);
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

  // The seeds' own queries: analysis and upload come in later parts, their indexes stand now.
  it.each([
    [
      'ix_recordings_analysis_pending',
      'select id from recordings where local_deleted = 0 order by time_ms limit 1',
    ],
    [
      'ix_recordings_upload_pending',
      'select id from recordings where uploaded = 0 and local_deleted = 0 order by time_ms limit 50',
    ],
    [
      'ix_recording_remotes_pending',
      "select recording_id from recording_remotes where remote_slug = ? and state in ('queued', 'failed') and next_attempt_at_ms <= ? order by next_attempt_at_ms limit 50",
    ],
  ])('has %s for the oldest work that waits', (index, sql) => {
    const plan = watchQueries(stationDatabase()).plan(sql);
    expect(plan).toContain(index);
    expect(plan).not.toMatch(SORTED_BY_HAND);
  });
});
