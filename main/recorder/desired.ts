import type { Device } from '@shared/model/device';
import type { DesiredReason } from '@shared/model/recorder';
import { LONGEST_PAUSE_MS } from '@shared/model/schedule';

export interface Desired {
  readonly desired: boolean;
  readonly reason: DesiredReason;
  /** UTC milliseconds at which schedule or pause next change what it should do; null: not foreseen. */
  readonly nextChangeMs: number | null;
}

/** What the decision rests on besides the devices themselves. */
export interface DecisionFacts {
  /** UTC milliseconds. */
  readonly nowMs: number;
  /** The disk that the recordings belong on is not there. */
  readonly dataDiskMissing: boolean;
  /** Where a device stands in its schedule now, e.g. `Timetable.stateOf`. */
  readonly schedule: (device: Device) => {
    readonly inside: boolean;
    readonly nextChangeMs: number | null;
  };
}

/**
 * Which devices should be recorded now. Pure: the same facts give the same answer.
 * @param running names of devices that a capture runs for; they keep their place when the limit bites
 */
export function decideRecorders(
  devices: readonly Device[],
  maxRecorders: number,
  running: ReadonlySet<string>,
  facts: DecisionFacts,
): Map<string, Desired> {
  const decided = new Map<string, Desired>();
  const willing: { readonly device: Device; readonly endsMs: number | null }[] = [];
  for (const device of devices) {
    const objection = facts.dataDiskMissing ? 'data_disk_missing' : objectionTo(device);
    if (objection !== null) {
      decided.set(device.name, { desired: false, reason: objection, nextChangeMs: null });
      continue;
    }
    const { inside, nextChangeMs } = facts.schedule(device);
    const pausedUntilMs = pauseEnd(device, facts.nowMs);
    if (pausedUntilMs !== null) {
      decided.set(device.name, {
        desired: false,
        reason: 'paused',
        nextChangeMs: afterPause(pausedUntilMs, inside, nextChangeMs),
      });
    } else if (!inside) {
      decided.set(device.name, { desired: false, reason: 'outside_schedule', nextChangeMs });
    } else {
      willing.push({ device, endsMs: nextChangeMs });
    }
  }
  willing.sort(
    ({ device: a }, { device: b }) =>
      Number(running.has(b.name)) - Number(running.has(a.name)) ||
      a.firstSeenAt.localeCompare(b.firstSeenAt) ||
      a.name.localeCompare(b.name),
  );
  willing.forEach(({ device, endsMs }, place) => {
    decided.set(
      device.name,
      place < maxRecorders
        ? { desired: true, reason: 'should_record', nextChangeMs: endsMs }
        : { desired: false, reason: 'recorder_limit', nextChangeMs: null },
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

/** UTC milliseconds at which the pause that holds now ends; null when none holds. */
function pauseEnd(device: Device, nowMs: number): number | null {
  if (device.pausedUntil === null) return null;
  const untilMs = Date.parse(device.pausedUntil);
  const aheadMs = untilMs - nowMs;
  // Nobody can ask for a longer one: the clock was set back meanwhile, and a pause must not last for years.
  return aheadMs > 0 && aheadMs <= LONGEST_PAUSE_MS ? untilMs : null;
}

/** A pause that ends before its schedule begins changes nothing when it ends. */
function afterPause(
  pausedUntilMs: number,
  inside: boolean,
  scheduleChangesMs: number | null,
): number | null {
  if (inside) return pausedUntilMs;
  return scheduleChangesMs === null ? null : Math.max(pausedUntilMs, scheduleChangesMs);
}
