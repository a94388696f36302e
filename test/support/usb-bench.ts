import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fakeMicrophonePlugin, useAlsaConfig } from './fake-microphone';
import { temporaryFolder } from './temporary-folder';

/** Hz; one channel, 16 bit. */
export const BENCH_RATE = 48_000;

/** What a microphone says of itself when it is plugged in; all of it may be a lie. */
export interface UsbDescriptor {
  /** `vvvv:pppp`; default a cheap sound stick that no profile knows. */
  readonly usbId?: string;
  readonly product?: string;
  readonly serial?: string;
  /** A camera beside the sound. */
  readonly video?: boolean;
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

export interface UsbMicrophone {
  /** What it hears from the moment at which it is opened, looped: 16 bit, different for each microphone. */
  readonly heard: Buffer;
  plugIn(place: UsbPlace): void;
  /** Its reads fail with ENODEV from now on, and it is gone from `/proc` and `/sys`. */
  unplug(): void;
}

export interface UsbBench {
  readonly procRoot: string;
  readonly sysRoot: string;
  /** A microphone in the hand; it is in the machine once it is plugged in. */
  microphone(descriptor?: UsbDescriptor): UsbMicrophone;
  /** The kernel names this process as the one that has a card open. */
  nameOwner(place: UsbPlace, owner: { readonly pid: number; readonly program: string }): void;
}

/**
 * A machine with USB sockets: fake `/proc` and `/sys`, and behind every `hw:CARD=…` that is opened a real alsa-lib
 * device of its own, which one reader may hold at a time.
 */
export function usbBench(): UsbBench {
  const root = temporaryFolder();
  const sound = temporaryFolder();
  const config = join(sound, 'asound.conf');
  writeFileSync(config, alsaConfig(sound));
  useAlsaConfig(config);
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
  let made = 0;
  return {
    procRoot: join(root, 'proc'),
    sysRoot: join(root, 'sys'),
    microphone: (descriptor = {}) => {
      const heard = noise((made += 1));
      let place: UsbPlace | null = null;
      return {
        heard,
        plugIn: (at) => {
          place = at;
          const { index, id, port } = at;
          writeFileSync(join(sound, `${id}.raw.new`), heard);
          renameSync(join(sound, `${id}.raw.new`), join(sound, `${id}.raw`));
          rmSync(join(sound, `${id}.unplug`), { force: true });
          putDevice(root, put, at, descriptor);
          const name = descriptor.product ?? 'USB PnP Audio Device';
          cards.set(
            index,
            `${String(index).padStart(2)} [${id.padEnd(15)}]: USB-Audio - ${name}\n` +
              `                      ${name} at usb-0000:01:00.0-${port}, full speed\n`,
          );
          listCards();
        },
        unplug: () => {
          if (place === null) return;
          const { index, id, port } = place;
          writeFileSync(join(sound, `${id}.unplug`), '');
          cards.delete(index);
          listCards();
          rmSync(join(root, 'proc/asound', `card${String(index)}`), { recursive: true });
          rmSync(join(root, 'sys/class/sound', `card${String(index)}`), { recursive: true });
          rmSync(join(root, 'sys/devices/usb1', port), { recursive: true });
          place = null;
        },
      };
    },
    nameOwner: ({ index }, { pid, program }) => {
      put(
        `proc/asound/card${String(index)}/pcm0c/sub0/status`,
        `state: RUNNING\nowner_pid   : ${String(pid)}\n`,
      );
      put(`proc/${String(pid)}/status`, `Tgid:\t${String(pid)}\n`);
      put(`proc/${String(pid)}/comm`, `${program}\n`);
    },
  };
}

/** What each microphone of a bench hears: two seconds that no other one hears. */
function noise(seed: number): Buffer {
  const samples = Buffer.alloc(2 * BENCH_RATE * 2);
  let state = seed * 2_654_435_761;
  for (let at = 0; at < samples.length; at += 2) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples.writeInt16LE((state >>> 18) - 8_192, at);
  }
  return samples;
}

/** In place of alsa-lib's own `hw`: whichever card is named has its files beside this one. */
function alsaConfig(folder: string): string {
  const argument = (name: string, type: string): string =>
    `@args.${name} { type ${type} default 0 }`;
  const file = (name: string, extension: string): string =>
    `${name} { @func concat strings [ "${folder}/" $CARD ".${extension}" ] }`;
  return `pcm_type.fakemic { lib "${fakeMicrophonePlugin()}" }
pcm.!hw { @args [ CARD DEV SUBDEV ]
  ${argument('CARD', 'string')} ${argument('DEV', 'integer')} ${argument('SUBDEV', 'integer')}
  type fakemic rate ${String(BENCH_RATE)} channels 1 format "S16_LE"
  ${file('file', 'raw')} ${file('unplug', 'unplug')} ${file('lock', 'lock')} }
`;
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
    put(`proc/asound/${card}/stream0`, STREAM);
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

const STREAM = `USB PnP Audio Device at usb-0000:01:00.0-1.4, full speed : USB Audio

Capture:
  Status: Stop
  Interface 2
    Altset 1
    Format: S16_LE
    Channels: 1
    Endpoint: 0x82 (2 IN) (ASYNC)
    Rates: ${String(BENCH_RATE)}
    Bits: 16
`;
