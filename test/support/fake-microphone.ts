import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { constants, tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { temporaryFolder } from './temporary-folder';

export interface FakeMicrophoneOptions {
  readonly rate: number;
  readonly channels: number;
  readonly format: 'S16_LE' | 'S24_LE' | 'S24_3LE' | 'S32_LE';
  /** What it hears, looped: samples as they lie in memory. */
  readonly samples: Buffer;
  /** Stands in for every sound card, so that whatever `hw:…` is opened is this one. */
  readonly asHardware?: boolean;
}

export interface FakeMicrophone {
  readonly pcm: string;
  /** Pulls the plug: reads fail with "no such device" until it is back. */
  unplug(): void;
  plugIn(): void;
  /** The device stays but delivers nothing. */
  stall(): void;
  /** It delivers again, from now on: what it would have heard meanwhile is lost. */
  goOn(): void;
  /** Whoever opens it is refused, as by `EBUSY`, `EACCES`. */
  refuse(error: 'EBUSY' | 'EACCES'): void;
  /** It may be opened again. */
  grant(): void;
  /** What it noted of its readers, as `test/support/alsa/pcm_fakemic.c` says; empty before the first. */
  journal(): string;
}

const SOURCE = join(import.meta.dirname, 'alsa', 'pcm_fakemic.c');

/**
 * A real alsa-lib capture device without hardware, paced by the monotonic clock. Sets ALSA_CONFIG_PATH for
 * every process that is started until the test is over.
 */
export function fakeMicrophone(options: FakeMicrophoneOptions): FakeMicrophone {
  const folder = temporaryFolder();
  const samples = join(folder, 'samples.raw');
  const unplugFile = join(folder, 'unplug');
  const stallFile = join(folder, 'stall');
  const refuseFile = join(folder, 'refuse');
  const journalFile = join(folder, 'journal');
  writeFileSync(samples, options.samples);
  const config = join(folder, 'asound.conf');
  const microphone = `type fakemic rate ${String(options.rate)} channels ${String(options.channels)} format "${options.format}"
  file "${samples}" unplug "${unplugFile}" stall "${stallFile}" refuse "${refuseFile}"
  journal "${journalFile}"`;
  writeFileSync(
    config,
    `pcm_type.fakemic { lib "${fakeMicrophonePlugin()}" }
pcm.fakemic { ${microphone} }
${options.asHardware === true ? hardware(microphone) : ''}
`,
  );
  useAlsaConfig(config);
  return {
    pcm: 'fakemic',
    unplug: () => {
      writeFileSync(unplugFile, '');
    },
    plugIn: () => {
      rmSync(unplugFile, { force: true });
    },
    stall: () => {
      writeFileSync(stallFile, '');
    },
    goOn: () => {
      rmSync(stallFile, { force: true });
    },
    refuse: (error) => {
      writeFileSync(refuseFile, String(constants.errno[error]));
    },
    grant: () => {
      rmSync(refuseFile, { force: true });
    },
    journal: () => (existsSync(journalFile) ? readFileSync(journalFile, 'utf8') : ''),
  };
}

/** What every process that is started until the test is over reads beside ALSA's own configuration. */
export function useAlsaConfig(file: string): void {
  const before = process.env['ALSA_CONFIG_PATH'];
  process.env['ALSA_CONFIG_PATH'] = `/usr/share/alsa/alsa.conf:${file}`;
  onTestFinished(() => {
    if (before === undefined) delete process.env['ALSA_CONFIG_PATH'];
    else process.env['ALSA_CONFIG_PATH'] = before;
  });
}

/** Takes the place of alsa-lib's own `hw`, with its arguments, which it does not look at. */
function hardware(microphone: string): string {
  const argument = (name: string, type: string): string =>
    `@args.${name} { type ${type} default 0 }`;
  return `pcm.!hw { @args [ CARD DEV SUBDEV ]
  ${argument('CARD', 'string')} ${argument('DEV', 'integer')} ${argument('SUBDEV', 'integer')}
  ${microphone} }`;
}

/** Built once per version of its source, with the C compiler that `npm test` makes sure of. */
export function fakeMicrophonePlugin(): string {
  const digest = createHash('sha256').update(readFileSync(SOURCE)).digest('hex').slice(0, 16);
  const folder = join(tmpdir(), 'silvasonic-test-alsa');
  const library = join(folder, `libasound_module_pcm_fakemic_${digest}.so`);
  if (existsSync(library)) return library;
  mkdirSync(folder, { recursive: true });
  const temporary = `${library}.${String(process.pid)}`;
  execFileSync('gcc', [
    '-O2',
    '-shared',
    '-fPIC',
    '-DPIC',
    '-o',
    temporary,
    SOURCE,
    '-lasound',
    '-lm',
  ]);
  renameSync(temporary, library);
  return library;
}
