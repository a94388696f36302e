import { expect, it } from 'vitest';
import type { Connection } from '@main/database/connection';
import type { FoundRecording } from '@main/indexer/found-file';
import { Registrar } from '@main/indexer/registrar';
import { insertDevice } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const FILE = { sizeBytes: 1004, sampleRateHz: 48_000, channels: 1, bitsPerSample: 16, frames: 480 };

function withMicrophone(): { connection: Connection; registrar: Registrar } {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  return { connection, registrar: new Registrar(connection) };
}

function found(sequence: number, streams: readonly ('raw' | 'processed')[]): FoundRecording {
  const files = Object.fromEntries(
    streams.map((stream) => [stream, { ...FILE, path: `${stream}/${String(sequence)}.wav` }]),
  );
  return {
    device: 'mic',
    timeMs: sequence * 10_000 + 0.25,
    runId: 'aaaaaaaa',
    sequence,
    firstFrame: sequence * 480,
    clockSynced: sequence % 2 === 0 ? null : false,
    recovered: false,
    simulated: false,
    files,
  };
}

const rowsOf = ({ sqlite }: Connection) =>
  sqlite
    .prepare(
      `select id, sequence, time_ms, clock_unsynced, clock_unknown, raw_path, processed_path, raw_frames, indexed_at_ms
       from recordings order by sequence`,
    )
    .all();

// One more than fits the statements for many, and the rest one by one.
it.each([1, 7, 64, 155])('tells of each of %i recordings which row is its own', (count) => {
  const { connection, registrar } = withMicrophone();
  const backwards = Array.from({ length: count }, (_, n) => found(count - 1 - n, ['raw']));
  const rows = registrar.register(backwards, 7);
  expect(new Set(rows.map(({ id }) => id)).size).toBe(count);
  expect(rows.every(({ isNew, isBack }) => isNew && !isBack)).toBe(true);
  expect(rowsOf(connection)).toEqual(
    Array.from({ length: count }, (_, sequence) => ({
      id: rows[count - 1 - sequence]!.id,
      sequence,
      time_ms: sequence * 10_000,
      clock_unsynced: sequence % 2,
      clock_unknown: 1 - (sequence % 2),
      raw_path: `raw/${String(sequence)}.wav`,
      processed_path: null,
      raw_frames: 480,
      indexed_at_ms: 7,
    })),
  );
});

it('makes one row of a pair whose files are found apart, in one batch or in two', () => {
  const { connection, registrar } = withMicrophone();
  const [first, other, second] = registrar.register(
    [found(0, ['raw']), found(1, ['processed']), found(0, ['processed'])],
    0,
  );
  expect(first).toMatchObject({ isNew: true });
  expect(second).toEqual({ id: first!.id, isNew: false, isBack: false });
  expect(registrar.register([found(2, ['raw']), found(1, ['raw'])], 0)).toMatchObject([
    { isNew: true },
    { id: other!.id, isNew: false, isBack: false },
  ]);
  expect(rowsOf(connection)).toMatchObject([
    { raw_path: 'raw/0.wav', processed_path: 'processed/0.wav' },
    { raw_path: 'raw/1.wav', processed_path: 'processed/1.wav' },
    { raw_path: 'raw/2.wav', processed_path: null },
  ]);
});

it('takes back among new ones that a file was gone', () => {
  const { connection, registrar } = withMicrophone();
  const [row] = registrar.register([found(0, ['raw'])], 0);
  connection.sqlite.exec(
    "update recordings set local_deleted = 1, local_deleted_reason = 'reconciliation'",
  );
  expect(registrar.register([found(1, ['raw']), found(0, ['raw'])], 0)).toMatchObject([
    { isNew: true, isBack: false },
    { id: row!.id, isNew: false, isBack: true },
  ]);
});

it('registers all of a batch or nothing', () => {
  const { connection, registrar } = withMicrophone();
  const taken = { ...found(200, ['raw']), files: found(3, ['raw']).files };
  const batch = [...Array.from({ length: 100 }, (_, n) => found(n, ['raw'])), taken];
  expect(() => registrar.register(batch, 0)).toThrow('UNIQUE constraint failed');
  expect(rowsOf(connection)).toEqual([]);
});
