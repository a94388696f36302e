import type { Device } from '@shared/model/device';
import { toInstant } from '@shared/model/time';
import type { devices } from '../database/schema';

/** A device as the database holds it. */
export type DeviceRow = Readonly<typeof devices.$inferSelect>;

/** A device as everyone else sees it. */
export function toDevice(row: DeviceRow): Device {
  const { removedAtMs: _, firstSeenAtMs, lastSeenAtMs, pausedUntilMs, ...device } = row;
  return {
    ...device,
    pausedUntil: pausedUntilMs === null ? null : toInstant(pausedUntilMs),
    firstSeenAt: toInstant(firstSeenAtMs),
    lastSeenAt: toInstant(lastSeenAtMs),
  };
}

/** Whether two states of a device differ in anything but the time it was last seen. */
export function differs(a: DeviceRow, b: DeviceRow): boolean {
  return a !== b && comparable(a) !== comparable(b);
}

function comparable(row: DeviceRow): string {
  return JSON.stringify(
    Object.entries({ ...row, lastSeenAtMs: 0 }).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
}
