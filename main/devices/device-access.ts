import type { Device, OfferedRates } from '@shared/model/device';
import type { CaptureErrorCode } from '@shared/model/recorder';
import { readFile, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { join } from 'node:path';
import { captureNodeOf, nodeName } from './capture-node';
import { findHolder } from './device-holder';

/** What is asked about a card that cannot be opened; tests bring a system of their own. */
export interface AccessSystem {
  /** Default `/proc`. */
  readonly procRoot?: string;
  /** Default `/dev/snd`. */
  readonly nodeRoot?: string;
  /** Default `/etc/group`. */
  readonly groupFile?: string;
  /** Who we are; default: this process. */
  readonly self?: Self;
}

interface Self {
  readonly uid: number;
  /** Effective and supplementary. */
  readonly groups: readonly number[];
  readonly userName: string;
}

/**
 * Why a microphone cannot be opened, beyond what ffmpeg says of it: who holds it, which right is missing, what it
 * offers instead. One English sentence, begun in lower case.
 * @returns null when nothing more can be found out
 */
export async function explainOpenFailure(
  device: Device,
  code: CaptureErrorCode,
  system: AccessSystem = {},
): Promise<string | null> {
  switch (code) {
    case 'DEVICE_BUSY':
      return explainBusy(device, system);
    case 'PERMISSION_DENIED':
    case 'DEVICE_GONE':
      return explainAccess(device, system);
    case 'RATE_NOT_OFFERED':
    case 'CHANNELS_NOT_OFFERED':
    case 'FORMAT_NOT_OFFERED':
      return explainOffers(device);
    default:
      return null;
  }
}

async function explainBusy(device: Device, system: AccessSystem): Promise<string | null> {
  const { procRoot = '/proc' } = system;
  const node = await captureNodeOf(device, procRoot);
  const holder = node === null ? null : await findHolder(node, procRoot);
  return holder === null ? null : `used by ${holder.program} (pid ${String(holder.pid)})`;
}

async function explainAccess(device: Device, system: AccessSystem): Promise<string | null> {
  const { procRoot = '/proc', nodeRoot = '/dev/snd', groupFile = '/etc/group' } = system;
  const self = system.self ?? thisProcess();
  const node = await captureNodeOf(device, procRoot);
  if (node === null) return null;
  const path = join(nodeRoot, nodeName(node));
  const found = await stat(path).catch((error: unknown) => codeOf(error));
  if (found === 'ENOENT') {
    return `${path} is not there yet: the system has not finished setting the microphone up`;
  }
  if (typeof found === 'string') return `${path} cannot be looked at: ${found}`;
  const { uid, gid, mode } = found;
  if (self.uid === 0) return null; // root may open it; whatever refused it is not its mode
  const isOwner = self.uid === uid;
  const inGroup = self.groups.includes(gid);
  const granted = isOwner ? mode >> 6 : inGroup ? mode >> 3 : mode;
  if ((granted & 0o6) === 0o6) return null;
  const modeText = (mode & 0o777).toString(8).padStart(3, '0');
  if (inGroup || isOwner || (mode & 0o060) !== 0o060) {
    return `${path} may not be read and written by this user (mode ${modeText}): a udev rule has changed its rights`;
  }
  const group = await groupOf(gid, groupFile);
  const name = group?.name ?? String(gid);
  if (group?.members.includes(self.userName) === true) {
    return `belongs to group ${name}, which this user has joined since logging in: log in again`;
  }
  return `belongs to group ${name}, of which this user is no member: sudo usermod -aG ${name} ${self.userName}, then log in again`;
}

function explainOffers({ offers }: Device): string | null {
  if (offers === null || offers.length === 0) return null;
  const words = offers.map(
    ({ format, channels, rates }) => `${ratesText(rates)} Hz, ${String(channels)} ch, ${format}`,
  );
  const shown = words.slice(0, 6).join('; ');
  return `offers ${shown}${words.length > 6 ? '; …' : ''}`;
}

function ratesText(rates: OfferedRates): string {
  return 'min' in rates ? `${String(rates.min)}–${String(rates.max)}` : rates.join('/');
}

async function groupOf(
  gid: number,
  groupFile: string,
): Promise<{ readonly name: string; readonly members: readonly string[] } | null> {
  const text = await readFile(groupFile, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    const [name = '', , id, members = ''] = line.split(':');
    if (Number(id) === gid && /^[\w.-]+\$?$/.test(name)) {
      return { name, members: members.split(',') };
    }
  }
  return null;
}

function thisProcess(): Self {
  const groups = [process.getegid?.() ?? -1, ...(process.getgroups?.() ?? [])];
  return { uid: process.geteuid?.() ?? -1, groups, userName: userNameOrId() };
}

/** A service may run under a number that has no name. */
function userNameOrId(): string {
  try {
    return userInfo().username;
  } catch {
    return String(process.geteuid?.() ?? -1);
  }
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
