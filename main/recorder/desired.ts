import type { Device } from '@shared/model/device';
import type { DesiredReason } from '@shared/model/recorder';

export interface Desired {
  readonly desired: boolean;
  readonly reason: DesiredReason;
}

/**
 * Which devices should be recorded now. Pure: the same facts give the same answer.
 * @param running names of devices that a capture runs for; they keep their place when the limit bites
 */
export function decideRecorders(
  devices: readonly Device[],
  maxRecorders: number,
  running: ReadonlySet<string>,
): Map<string, Desired> {
  const decided = new Map<string, Desired>();
  const willing: Device[] = [];
  for (const device of devices) {
    const objection = objectionTo(device);
    if (objection === null) willing.push(device);
    else decided.set(device.name, { desired: false, reason: objection });
  }
  willing.sort(
    (a, b) =>
      Number(running.has(b.name)) - Number(running.has(a.name)) ||
      a.firstSeenAt.localeCompare(b.firstSeenAt) ||
      a.name.localeCompare(b.name),
  );
  willing.forEach((device, place) => {
    decided.set(
      device.name,
      place < maxRecorders
        ? { desired: true, reason: 'should_record' }
        : { desired: false, reason: 'recorder_limit' },
    );
  });
  return decided;
}

/** The first thing that stands in the way, the one a person can do most about last. */
function objectionTo(device: Device): DesiredReason | null {
  if (device.enrollment === 'ignored') return 'ignored';
  if (device.ambiguous && device.identityBasis === 'serial') return 'ambiguous';
  if (device.enrollment === 'pending') return 'pending_enrollment';
  if (device.profileSlug === null) return 'no_profile';
  if (!device.enabled) return 'stopped_by_user';
  if (device.presence === 'offline') return 'offline';
  return null;
}
