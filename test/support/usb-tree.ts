import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** What a microphone says of itself when it is plugged in; all of it may be a lie. */
export interface UsbDescriptor {
  /** `vvvv:pppp`; default a cheap sound stick that no profile knows. */
  readonly usbId?: string;
  readonly product?: string;
  readonly serial?: string;
  /** A camera beside the sound. */
  readonly video?: boolean;
  /** Hz; default 48000. One channel, 16 bit. */
  readonly rateHz?: number;
  /** No capture: a loudspeaker. */
  readonly playbackOnly?: boolean;
}

/** Where a microphone is plugged in. */
export interface UsbPlace {
  /** ALSA's number for it. */
  readonly index: number;
  /** Of the bus, e.g. `1-1.3`. */
  readonly port: string;
  /** ALSA's id for the card. */
  readonly id: string;
}

/** What `/proc` and `/sys` show of the USB sound cards of a machine, as files below a folder. */
export interface UsbTree {
  readonly procRoot: string;
  readonly sysRoot: string;
  put(path: string, content: string): void;
  plugIn(place: UsbPlace, descriptor: UsbDescriptor): void;
  unplug(place: UsbPlace): void;
}

export function usbTree(root: string): UsbTree {
  const cards = new Map<number, string>();
  const put = (path: string, content: string): void => {
    const file = join(root, path);
    mkdirSync(dirname(file), { recursive: true });
    // Renamed into place: the kernel never shows half of a file, or none where one was.
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
  };
  const listCards = (): void => {
    const lines = [...cards].sort(([a], [b]) => a - b).map(([, text]) => text);
    put('proc/asound/cards', lines.length === 0 ? '--- no soundcards ---\n' : lines.join(''));
  };
  listCards();
  return {
    procRoot: join(root, 'proc'),
    sysRoot: join(root, 'sys'),
    put,
    plugIn: (place, descriptor) => {
      putDevice(root, put, place, descriptor);
      const { index, id, port } = place;
      const name = descriptor.product ?? 'USB PnP Audio Device';
      cards.set(
        index,
        `${String(index).padStart(2)} [${id.padEnd(15)}]: USB-Audio - ${name}\n` +
          `                      ${name} at usb-0000:01:00.0-${port}, full speed\n`,
      );
      listCards();
    },
    unplug: ({ index, port }) => {
      cards.delete(index);
      listCards();
      rmSync(join(root, 'proc/asound', `card${String(index)}`), { recursive: true });
      rmSync(join(root, 'sys/class/sound', `card${String(index)}`), { recursive: true });
      rmSync(join(root, 'sys/devices/usb1', port), { recursive: true });
    },
  };
}

function putDevice(
  root: string,
  put: (path: string, content: string) => void,
  { index, id, port }: UsbPlace,
  descriptor: UsbDescriptor,
): void {
  const card = `card${String(index)}`;
  const device = `sys/devices/usb1/${port}`;
  const { usbId = '0d8c:0014', product = 'USB PnP Audio Device', serial } = descriptor;
  const [vendor = '', productId = ''] = usbId.split(':');
  put(`proc/asound/${card}/id`, `${id}\n`);
  put(`proc/asound/${card}/usbid`, `${usbId}\n`);
  put(`proc/asound/${card}/pcm0p/info`, `card: ${String(index)}\n`);
  if (descriptor.playbackOnly !== true) {
    put(`proc/asound/${card}/pcm0c/info`, `card: ${String(index)}\n`);
    put(`proc/asound/${card}/stream0`, streamAt(descriptor.rateHz ?? 48_000));
  }
  put(`${device}/idVendor`, `${vendor}\n`);
  put(`${device}/idProduct`, `${productId}\n`);
  put(`${device}/product`, `${product}\n`);
  if (serial !== undefined) put(`${device}/serial`, `${serial}\n`);
  put(`${device}/${port}:1.0/bInterfaceClass`, '01\n');
  if (descriptor.video === true) put(`${device}/${port}:1.1/bInterfaceClass`, '0e\n');
  put(`${device}/${port}:1.0/sound/${card}/id`, `${id}\n`);
  const link = join(root, 'sys/class/sound', card);
  mkdirSync(link, { recursive: true });
  symlinkSync(join(root, device, `${port}:1.0`), join(link, 'device'));
}

const streamAt = (
  rateHz: number,
): string => `USB PnP Audio Device at usb-0000:01:00.0-1.4, full speed : USB Audio

Capture:
  Status: Stop
  Interface 2
    Altset 1
    Format: S16_LE
    Channels: 1
    Endpoint: 0x82 (2 IN) (ASYNC)
    Rates: ${String(rateHz)}
    Bits: 16
`;
