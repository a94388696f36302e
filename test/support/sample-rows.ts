import { sql } from 'drizzle-orm';
import type { Connection } from '@main/database/connection';
import { devices, recordings } from '@main/database/schema';

type DeviceColumns = typeof devices.$inferInsert;
type RecordingColumns = typeof recordings.$inferInsert;

/** A microphone's row, for recordings to refer to. */
export function insertDevice(
  connection: Connection,
  name: string,
  columns: Partial<DeviceColumns> = {},
): void {
  connection.db
    .insert(devices)
    .values({
      name,
      displayName: name,
      kind: 'usb',
      identityBasis: 'serial',
      presence: 'online',
      enrollment: 'enrolled',
      matchReason: { outcome: 'usb_id', score: 100, candidates: [] },
      workspace: name,
      firstSeenAtMs: 0,
      lastSeenAtMs: 0,
      ...columns,
    })
    .run();
}

let paths = 0;

/** Put together anew for every row, a statement would cost thirty times what the row does. */
const inserts = new WeakMap<Connection, Map<string, ReturnType<typeof prepareInsert>>>();

function prepareInsert(connection: Connection, names: readonly string[]) {
  const values = Object.fromEntries(names.map((name) => [name, sql.placeholder(name)]));
  return connection.db
    .insert(recordings)
    .values(values as unknown as RecordingColumns)
    .returning({ id: recordings.id })
    .prepare();
}

/** A recording's row with one raw file; its device must be there. @returns its id */
export function insertRecording(
  connection: Connection,
  columns: Partial<RecordingColumns> & Pick<RecordingColumns, 'device'>,
): number {
  paths += 1;
  const row = {
    timeMs: Date.UTC(2026, 4, 1),
    durationS: 10,
    rawPath: `recorder/${columns.device}/data/raw/${String(paths)}.wav`,
    rawSizeBytes: 960_044,
    rawSampleRateHz: 48_000,
    rawChannels: 1,
    rawBitsPerSample: 16,
    rawFrames: 480_000,
    indexedAtMs: 0,
    ...columns,
  };
  const names = Object.keys(row).sort();
  const known = inserts.get(connection) ?? new Map<string, ReturnType<typeof prepareInsert>>();
  inserts.set(connection, known);
  const insert = known.get(names.join()) ?? prepareInsert(connection, names);
  known.set(names.join(), insert);
  return insert.get(row).id;
}
