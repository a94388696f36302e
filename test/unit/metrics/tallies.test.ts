import { describe, expect, it } from 'vitest';
import type { Connection } from '@main/database/connection';
import { createEventBus } from '@main/events/bus';
import { DeletionTally } from '@main/metrics/deletion-tally';
import type { Family } from '@main/metrics/family';
import { GapTally } from '@main/metrics/gap-tally';
import { NewRows } from '@main/metrics/new-rows';
import { SoundTally } from '@main/metrics/sound-tally';
import { UploadTally } from '@main/metrics/upload-tally';
import { FakeClock } from '../../support/fake-clock';
import { watchQueries } from '../../support/query-plans';
import { insertDevice } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const DEVICE = 'mic';
const MINUTE = 60_000;

function valuesOf(families: readonly Family[], name: string): Record<string, number> {
  const family = families.find((each) => each.name === `silvasonic_${name}`);
  expect(family, name).toBeDefined();
  return Object.fromEntries(
    family!.samples.map(({ labels, value }) => [labels.join(' '), value] as const),
  );
}

function addUpload({ sqlite }: Connection, success: boolean, code: string | null): void {
  sqlite
    .prepare(
      `insert into uploads (recording_id, remote_slug, remote_path, attempt_at_ms, size_bytes, duration_ms, success, code)
       values (1, 'nas', 'a.flac', 0, 1000, 2500, ?, ?)`,
    )
    .run(Number(success), code);
}

function addGap({ sqlite }: Connection, fromMs: number, toMs: number | null, reason: string) {
  return Number(
    sqlite
      .prepare('insert into gaps (device, from_ms, to_ms, reason) values (?, ?, ?, ?)')
      .run(DEVICE, fromMs, toMs, reason).lastInsertRowid,
  );
}

describe('attempts to upload', () => {
  it('are counted once each, from the moment the station was opened', async () => {
    const connection = stationDatabase();
    addUpload(connection, true, null);
    const tally = new UploadTally(connection);
    addUpload(connection, true, null);
    addUpload(connection, false, 'AUTH');
    await tally.families(['nas']);
    addUpload(connection, true, null);
    addUpload(connection, false, null);
    const families = await tally.families(['nas']);
    expect(valuesOf(families, 'remote_uploads_total')).toEqual({ nas: 2 });
    expect(valuesOf(families, 'remote_uploaded_bytes_total')).toEqual({ nas: 2000 });
    expect(valuesOf(families, 'remote_upload_seconds_total')).toEqual({ nas: 5 });
    expect(valuesOf(families, 'remote_upload_failures_total')).toMatchObject({
      'nas AUTH': 1,
      'nas UNKNOWN': 1,
      'nas OFFLINE': 0,
    });
  });
});

describe('deletions', () => {
  it('are told by mode, reason, and whether a copy was there', async () => {
    const connection = stationDatabase();
    const tally = new DeletionTally(connection);
    const insert = connection.sqlite.prepare(
      `insert into deletions (recording_id, paths, size_bytes, deleted_at_ms, mode, reason, safe)
       values (1, '[]', 500, 0, ?, ?, ?)`,
    );
    insert.run('panic', 'disk_space', 0);
    insert.run('panic', 'disk_space', 0);
    insert.run('housekeeping', 'max_age', 1);
    insert.run('purge', 'by_hand', null);
    const families = await tally.families();
    expect(valuesOf(families, 'deletions_total')).toEqual({
      'panic disk_space no': 2,
      'housekeeping max_age yes': 1,
      'purge by_hand unknown': 1,
    });
    expect(valuesOf(families, 'deleted_bytes_total')).toMatchObject({
      'panic disk_space no': 1000,
    });
  });
});

describe('gaps', () => {
  it('grow while they last, and are counted once when they are over', async () => {
    const connection = stationDatabase();
    insertDevice(connection, DEVICE);
    const clock = new FakeClock();
    const tally = new GapTally(connection, clock);
    const gap = addGap(connection, clock.wallMs(), null, 'unplugged');
    await clock.advance(MINUTE);
    let families = await tally.families();
    expect(valuesOf(families, 'recorder_gap_seconds_total')).toEqual({ 'mic unplugged': 60 });
    expect(valuesOf(families, 'recorder_gap_open_seconds')).toEqual({ 'mic unplugged': 60 });
    await clock.advance(MINUTE);
    connection.sqlite.prepare('update gaps set to_ms = ? where id = ?').run(clock.wallMs(), gap);
    await clock.advance(MINUTE);
    await tally.families();
    families = await tally.families();
    expect(valuesOf(families, 'recorder_gaps_total')).toEqual({ 'mic unplugged': 1 });
    expect(valuesOf(families, 'recorder_gap_seconds_total')).toEqual({ 'mic unplugged': 120 });
    expect(valuesOf(families, 'recorder_gap_open_seconds')).toEqual({});
  });

  it('that began and ended between two scrapes are counted whole', async () => {
    const connection = stationDatabase();
    insertDevice(connection, DEVICE);
    const clock = new FakeClock();
    const tally = new GapTally(connection, clock);
    addGap(connection, 1000, 3500, 'overrun');
    const families = await tally.families();
    expect(valuesOf(families, 'recorder_gap_seconds_total')).toEqual({ 'mic overrun': 2.5 });
  });

  it('that last from before the console count from now on', async () => {
    const connection = stationDatabase();
    insertDevice(connection, DEVICE);
    const clock = new FakeClock();
    addGap(connection, clock.wallMs() - 60 * MINUTE, null, 'unplugged');
    const tally = new GapTally(connection, clock);
    await clock.advance(MINUTE);
    const families = await tally.families();
    expect(valuesOf(families, 'recorder_gap_seconds_total')).toEqual({ 'mic unplugged': 60 });
    expect(valuesOf(families, 'recorder_gap_open_seconds')).toEqual({ 'mic unplugged': 61 * 60 });
  });

  it('that turned out to be none, or that a clock moved, make no counter fall', async () => {
    const connection = stationDatabase();
    insertDevice(connection, DEVICE);
    const clock = new FakeClock();
    const tally = new GapTally(connection, clock);
    const gap = addGap(connection, clock.wallMs(), null, 'stalled');
    await clock.advance(MINUTE);
    await tally.families();
    connection.sqlite.prepare('update gaps set from_ms = from_ms + 50000 where id = ?').run(gap);
    expect(valuesOf(await tally.families(), 'recorder_gap_seconds_total')).toEqual({
      'mic stalled': 60,
    });
    connection.sqlite.prepare('delete from gaps where id = ?').run(gap);
    const families = await tally.families();
    expect(valuesOf(families, 'recorder_gap_seconds_total')).toEqual({ 'mic stalled': 60 });
    expect(valuesOf(families, 'recorder_gap_open_seconds')).toEqual({});
  });
});

describe('sound', () => {
  it('is summed over all runs of a device', () => {
    const bus = createEventBus();
    const tally = new SoundTally(bus);
    const segment = {
      device: DEVICE,
      workspace: DEVICE,
      runId: '0123abcd',
      sequence: 0,
      fileName: 'a.wav',
      startWallMs: 0,
      firstFrame: 0,
      frames: 96_000,
      sampleRateHz: 48_000,
      clockSynced: true,
      recovered: false,
      streams: { raw: true, processed: false },
    };
    bus.emit('segment.promoted', segment);
    bus.emit('segment.promoted', { ...segment, runId: '4567abcd' });
    const lost = { device: DEVICE, runId: '0123abcd', fromWallMs: 0, detail: '' };
    bus.emit('sound.lost', { ...lost, lostS: 1.5, reason: 'overrun' });
    bus.emit('sound.found', { device: DEVICE, runId: '0123abcd', runFromWallMs: 0, foundS: 0.5 });
    const families = tally.families([DEVICE, 'other']);
    expect(valuesOf(families, 'recorder_captured_seconds_total')).toEqual({ mic: 4, other: 0 });
    expect(valuesOf(families, 'recorder_segments_total')).toEqual({ mic: 2, other: 0 });
    expect(valuesOf(families, 'recorder_lost_seconds_total')).toMatchObject({
      'mic overrun': 1.5,
      'other lost': 0,
    });
    expect(valuesOf(families, 'recorder_found_seconds_total')).toEqual({ mic: 0.5, other: 0 });
  });
});

describe('new rows', () => {
  const table = Array.from({ length: 1234 }, (_, i) => ({ id: i + 1 }));
  const read = (after: number, limit: number) => table.slice(after, after + limit);

  it('are taken in once each, whatever their number', async () => {
    const rows = new NewRows(34, read);
    const taken: number[] = [];
    await rows.takeIn(({ id }) => taken.push(id));
    await rows.takeIn(({ id }) => taken.push(id));
    expect(taken).toEqual(table.slice(34).map(({ id }) => id));
  });

  it('give everything else its turn between slices', async () => {
    const rows = new NewRows(0, read);
    let turns = 0;
    let done = false;
    const turn = (): void => {
      turns += 1;
      if (!done) setImmediate(turn);
    };
    setImmediate(turn);
    await rows.takeIn(() => undefined);
    done = true;
    expect(turns).toBeGreaterThanOrEqual(2); // 1234 rows: three slices
  });

  it('are read by primary key', () => {
    const connection = stationDatabase();
    const queries = watchQueries(connection).of(() => [
      new UploadTally(connection),
      new DeletionTally(connection),
      new GapTally(connection, new FakeClock()),
    ]);
    const reads = queries.filter(({ sql }) => /where id > \?/.test(sql));
    expect(reads).toHaveLength(3);
    for (const { plan } of reads) {
      expect(plan).toMatch(/SEARCH .* USING INTEGER PRIMARY KEY \(rowid>\?\)/);
      expect(plan).not.toMatch(/TEMP B-TREE/);
    }
  });
});
