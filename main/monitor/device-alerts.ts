import type { Device } from '@shared/model/device';
import type { AlertCode, Condition } from './alert-rules';

/** Within ten minutes. */
const FLAPS_TOLERATED = 2;

/**
 * What is wrong with one device now.
 * @param recentFlaps times it went away and came back within ten minutes
 * @param positionKnown are the station's coordinates set?
 */
export function deviceConditions(
  device: Device,
  recentFlaps: number,
  positionKnown: boolean,
): Condition[] {
  const told: Condition[] = [];
  const tell = (code: AlertCode, evidence: string): void => {
    told.push({ code, subject: device.name, evidence });
  };
  const { displayName, enrollment, presence } = device;
  // What imports are of is no microphone: it is never there, and nobody misses it.
  if (enrollment === 'ignored' || device.kind === 'imported') return told;
  const wanted = enrollment === 'enrolled' && device.enabled;

  if (wanted && presence === 'offline') {
    tell('device.offline', `${displayName} is unplugged since ${device.lastSeenAt}.`);
  }
  if (device.ambiguous && presence === 'online') {
    const serial = device.usbSerial === null ? '' : ` (${oneLine(device.usbSerial)})`;
    const port = device.usbBusPath ?? 'not known';
    tell(
      'device.ambiguous',
      `Two microphones claim to be the same${serial}: ${displayName} is known by its port (${port}), and must stay there.`,
    );
  }
  if (enrollment === 'pending' && presence === 'online') {
    const why = device.matchReason.outcome;
    tell('device.pending', `${displayName} waits for a person to decide (${why}).`);
  }
  if (recentFlaps > FLAPS_TOLERATED) {
    tell(
      'device.flapping',
      `${displayName} went away and came back ${String(recentFlaps)} times within ten minutes: look at its cable and its power.`,
    );
  }
  if (wanted && device.schedule.kind === 'sun' && !positionKnown) {
    tell(
      'schedule.position_missing',
      `${displayName} is to follow the sun, and the station's position is not set: it records always.`,
    );
  }
  return told;
}

/** A serial number is kept as the device tells it, whatever is in it. */
function oneLine(text: string): string {
  return text.replace(/[\s\p{Cc}\p{Cf}]+/gu, ' ').slice(0, 60);
}
