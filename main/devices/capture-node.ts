import type { Device } from '@shared/model/device';
import { readlink } from 'node:fs/promises';
import { join } from 'node:path';

/** Numbers of a card and of its capture PCM: `/dev/snd/pcmC<card>D<device>c`. */
export interface CaptureNode {
  readonly card: number;
  readonly device: number;
}

/** `hw:CARD=Mic,DEV=0`, `plughw:1,0`, `hw:Mic` */
const HARDWARE_PCM =
  /^(?:plug)?(?:hw|dsnoop):(?:CARD=)?(?<card>[A-Za-z0-9_-]+)(?:,(?:DEV=)?(?<device>\d{1,3}))?$/;

/** The node behind a device's PCM; null where there is none, as behind `default` or a simulated microphone. */
export async function captureNodeOf(
  device: Pick<Device, 'pcm' | 'alsaCardIndex'>,
  procRoot: string,
): Promise<CaptureNode | null> {
  const groups = HARDWARE_PCM.exec(device.pcm ?? '')?.groups;
  if (groups === undefined) return null;
  const { card: name = '', device: number = '0' } = groups;
  const card = device.alsaCardIndex ?? (await cardNumber(name, procRoot));
  return card === null ? null : { card, device: Number(number) };
}

async function cardNumber(name: string, procRoot: string): Promise<number | null> {
  if (/^\d{1,3}$/.test(name)) return Number(name);
  const target = await readlink(join(procRoot, 'asound', name)).catch(() => '');
  const number = /^card(\d{1,3})$/.exec(target)?.[1];
  return number === undefined ? null : Number(number);
}

export function nodeName({ card, device }: CaptureNode): string {
  return `pcmC${String(card)}D${String(device)}c`;
}
