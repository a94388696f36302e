import { constants } from 'node:fs';
import { access, stat } from 'node:fs/promises';
import { isAbsolute } from 'node:path';
import type { SimulatedSource } from '@shared/model/device';
import { InvalidValueError } from '../request-error';
import type { DeviceRow } from './device-row';
import { safeNamePart } from '../files/safe-name-part';

/** What a person adds: a simulated microphone, an ALSA PCM by its name, or recordings of one that is elsewhere. */
export type AddedDevice =
  | { readonly kind: 'imported' }
  | { readonly kind: 'simulated'; readonly source: SimulatedSource; readonly file: string | null }
  | { readonly kind: 'alsa'; readonly pcm: string };

/** The name of a device that was added as an ALSA PCM: the same PCM, the same device. */
export function alsaDeviceName(pcm: string): string {
  // `alsa-card0` is what a card without identity is called.
  return `alsa-${safeNamePart(pcm, /^card\d+$/i)}`;
}

/** A new row for a device added by hand: enrolled and online, since a person wants it. */
export function addedRow(
  added: AddedDevice,
  row: Pick<DeviceRow, 'name' | 'displayName' | 'profileSlug' | 'workspace'> & { wallMs: number },
): DeviceRow {
  return {
    name: row.name,
    displayName: row.displayName,
    kind: added.kind,
    identityBasis: 'manual',
    ambiguous: false,
    usbVendorId: null,
    usbProductId: null,
    usbSerial: null,
    usbBusPath: null,
    alsaCardIndex: null,
    alsaCardId: null,
    alsaName: null,
    pcm: added.kind === 'alsa' ? added.pcm : null,
    offers: null,
    simulatedSource: added.kind === 'simulated' ? added.source : null,
    simulatedFile: added.kind === 'simulated' ? added.file : null,
    presence: 'online',
    flaps: 0,
    enrollment: 'enrolled',
    enabled: true,
    profileSlug: row.profileSlug,
    schedule: { kind: 'always' },
    pausedUntilMs: null,
    matchReason: { outcome: 'added', score: 0, candidates: [] },
    workspace: row.workspace,
    removedAtMs: null,
    firstSeenAtMs: row.wallMs,
    lastSeenAtMs: row.wallMs,
  };
}

/** @throws InvalidValueError unless a readable file lies at this absolute path */
export async function checkSimulatedFile(file: string): Promise<void> {
  const refuse = (problem: string): never => {
    throw new InvalidValueError('file', problem);
  };
  if (!isAbsolute(file) || file.includes('\0')) return refuse('expected an absolute path');
  try {
    if (!(await stat(file)).isFile()) return refuse(`${file} is not a file`);
    await access(file, constants.R_OK);
  } catch (error) {
    if (error instanceof InvalidValueError) throw error;
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return refuse(missing ? `${file} does not exist` : `${file} cannot be read`);
  }
}
