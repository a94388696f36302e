import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fakeMicrophonePlugin, useAlsaConfig } from './fake-microphone';
import { temporaryFolder } from './temporary-folder';
import { type UsbDescriptor, type UsbPlace, usbTree } from './usb-tree';

/** Hz; one channel, 16 bit. */
export const BENCH_RATE = 48_000;

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
  const tree = usbTree(root);
  let made = 0;
  return {
    procRoot: tree.procRoot,
    sysRoot: tree.sysRoot,
    microphone: (descriptor = {}) => {
      const heard = noise((made += 1));
      let place: UsbPlace | null = null;
      return {
        heard,
        plugIn: (at) => {
          place = at;
          const { id } = at;
          writeFileSync(join(sound, `${id}.raw.new`), heard);
          renameSync(join(sound, `${id}.raw.new`), join(sound, `${id}.raw`));
          rmSync(join(sound, `${id}.unplug`), { force: true });
          tree.plugIn(at, descriptor);
        },
        unplug: () => {
          if (place === null) return;
          writeFileSync(join(sound, `${place.id}.unplug`), '');
          tree.unplug(place);
          place = null;
        },
      };
    },
    nameOwner: ({ index }, { pid, program }) => {
      tree.put(
        `proc/asound/card${String(index)}/pcm0c/sub0/status`,
        `state: RUNNING\nowner_pid   : ${String(pid)}\n`,
      );
      tree.put(`proc/${String(pid)}/status`, `Tgid:\t${String(pid)}\n`);
      tree.put(`proc/${String(pid)}/comm`, `${program}\n`);
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
