import { execFileSync } from 'node:child_process';
import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { type UsbPlace, usbTree } from '../support/usb-tree.ts';
import { type Absence, readJournal, type Session } from './soak-accounts.ts';
import { projectRoot, type Workshop } from './workshop.ts';

export interface SoakMicrophone {
  /** As people say it: `384 kHz`. */
  readonly label: string;
  readonly rateHz: number;
  /** What it plays to each of its readers, from its first sample on, looped. 16 bit, mono. */
  readonly heard: Buffer;
  /** Whose product it says to be: picks the profile. */
  readonly usbId: string;
  readonly place: UsbPlace;
  plugIn(): void;
  unplug(): void;
  absences(): readonly Absence[];
  /** @throws Error when what it gave is not known */
  sessions(): Session[];
}

/** A machine with three USB microphones and a clock of its own, for processes that are started in its environment. */
export interface SoakMachine {
  readonly env: NodeJS.ProcessEnv;
  readonly microphones: readonly SoakMicrophone[];
  stepClock(ms: number): void;
  /** The system says that its clock is right. */
  setSynced(): void;
  close(): void;
}

const KINDS = [
  { id: 'Bat', rateHz: 384_000, usbId: '0869:0389', product: 'UltraMic384K_EVO 16bit r0' },
  { id: 'Bat2', rateHz: 192_000, usbId: '0869:0308', product: 'UltraMic 192K 16 bit r4' },
  { id: 'Bird', rateHz: 48_000, usbId: '0d8c:0014', product: 'USB PnP Audio Device' },
];
const LOOP_S = 4;

/** @throws Error when there is no C compiler or no ALSA header */
export function soakMachine(workshop: Workshop, clockBehindMs: number): SoakMachine {
  const root = workshop.folder('machine');
  const sound = workshop.folder('sound');
  for (const folder of [join(root, 'run/systemd/timesync'), sound]) {
    mkdirSync(folder, { recursive: true });
  }
  const plugin = compile(sound, 'libasound_module_pcm_fakemic.so', 'alsa/pcm_fakemic.c', [
    '-DPIC',
    '-lasound',
    '-lm',
  ]);
  const wall = compile(sound, 'shifted_wall.so', 'wall/shifted_wall.c', ['-ldl']);
  const config = join(sound, 'asound.conf');
  writeFileSync(config, alsaConfig(sound, plugin));
  const shiftFile = join(sound, 'shift');
  const shift = openSync(shiftFile, 'w+');
  let shiftMs = 0;
  const stepClock = (ms: number): void => {
    shiftMs += ms;
    const words = Buffer.alloc(8);
    words.writeBigInt64LE(BigInt(shiftMs));
    writeSync(shift, words, 0, 8, 0);
  };
  stepClock(-clockBehindMs);
  const tree = usbTree(root);
  return {
    env: {
      ...process.env,
      ALSA_CONFIG_PATH: `/usr/share/alsa/alsa.conf:${config}`,
      LD_PRELOAD: wall,
      SHIFTED_WALL: shiftFile,
      SILVASONIC_MACHINE_ROOT: root,
      // Not among the user's own stations.
      XDG_STATE_HOME: join(root, 'state'),
    },
    microphones: KINDS.map(({ id, rateHz, usbId, product }, i) => {
      const heard = noise(rateHz * LOOP_S, i + 1);
      writeFileSync(join(sound, `${id}.raw`), heard);
      const place = { index: i + 1, port: `1-1.${String(i + 1)}`, id };
      const absences: Absence[] = [];
      const unplugged = join(sound, `${id}.unplug`);
      let goneMs: number | null = null;
      return {
        label: `${String(rateHz / 1000)} kHz`,
        rateHz,
        heard,
        usbId,
        place,
        plugIn: () => {
          rmSync(unplugged, { force: true });
          tree.plugIn(place, { usbId, product, serial: `SOAK${String(i + 1)}`, rateHz });
          if (goneMs !== null) absences.push({ fromMs: goneMs, toMs: monotonicMs() });
          goneMs = null;
        },
        unplug: () => {
          goneMs = monotonicMs();
          writeFileSync(unplugged, '');
          tree.unplug(place);
        },
        absences: () => absences,
        sessions: () => readJournal(readFileSync(join(sound, `${id}.journal`), 'utf8')),
      };
    }),
    stepClock,
    setSynced: () => {
      writeFileSync(join(root, 'run/systemd/timesync/synchronized'), '');
    },
    close: () => {
      closeSync(shift);
    },
  };
}

/** CLOCK_MONOTONIC, as the microphones note it. */
export function monotonicMs(): number {
  return Number(process.hrtime.bigint()) / 1e6;
}

function compile(folder: string, name: string, source: string, options: readonly string[]): string {
  const library = join(folder, name);
  const path = join(projectRoot, 'test', 'support', source);
  execFileSync('gcc', ['-O2', '-shared', '-fPIC', '-o', library, path, ...options], {
    stdio: 'pipe',
  });
  return library;
}

/** In place of alsa-lib's own `hw`: whichever card is named has its rate and its files beside this one. */
function alsaConfig(folder: string, plugin: string): string {
  const argument = (name: string, type: string): string =>
    `@args.${name} { type ${type} default 0 }`;
  const file = (extension: string): string =>
    `${extension} { @func concat strings [ "${folder}/" $CARD ".${extension}" ] }`;
  return `pcm_type.fakemic { lib "${plugin}" }
soak_rate { ${KINDS.map(({ id, rateHz }) => `${id} ${String(rateHz)}`).join(' ')} }
pcm.!hw { @args [ CARD DEV SUBDEV ]
  ${argument('CARD', 'string')} ${argument('DEV', 'integer')} ${argument('SUBDEV', 'integer')}
  type fakemic channels 1 format "S16_LE"
  rate { @func refer name { @func concat strings [ "soak_rate." $CARD ] } }
  file { @func concat strings [ "${folder}/" $CARD ".raw" ] }
  ${file('unplug')} ${file('lock')} ${file('journal')} }
`;
}

/** Sound that nowhere repeats itself within the loop, so that a lost or doubled sample shows. */
function noise(frames: number, seed: number): Buffer {
  const samples = Buffer.alloc(frames * 2);
  let state = (seed * 2_654_435_761) >>> 0;
  for (let at = 0; at < samples.length; at += 2) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    samples.writeInt16LE((state >>> 18) - 8_192, at);
  }
  return samples;
}
