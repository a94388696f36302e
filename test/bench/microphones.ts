import { execFileSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import { writeFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, type Workshop } from './workshop.ts';

/** A profile that records 384 kHz, one channel, 16 bit: the heaviest microphone that one is likely to meet. */
export const BAT_PROFILE = 'ultramic_384_evo';
export const BIRD_PROFILE = 'generic_usb';

export interface AlsaMicrophone {
  readonly pcm: string;
  /** What a process needs in its environment to open it. */
  readonly env: NodeJS.ProcessEnv;
}

/**
 * A real ALSA capture device at 384 kHz without hardware: a plugin that plays a file at the clock's pace. Any number of
 * processes may open it, and its own cost is next to nothing.
 * @throws Error when there is no C compiler or no ALSA header
 */
export function alsaMicrophone(workshop: Workshop): AlsaMicrophone {
  const folder = workshop.folder('alsa');
  mkdirSync(folder);
  const source = join(projectRoot, 'test', 'support', 'alsa', 'pcm_fakemic.c');
  const library = join(folder, 'libasound_module_pcm_fakemic.so');
  try {
    execFileSync(
      'gcc',
      ['-O2', '-shared', '-fPIC', '-DPIC', '-o', library, source, '-lasound', '-lm'],
      {
        stdio: 'pipe',
      },
    );
  } catch (error) {
    const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
    throw new Error(`the ALSA microphone could not be compiled (${reason ?? ''})`, {
      cause: error,
    });
  }
  const samples = join(folder, 'ten-seconds-of-noise.raw');
  writeFileSync(
    samples,
    randomFillSync(new Int16Array(3_840_000)).map((sample) => sample >> 4),
  );
  const config = join(folder, 'asound.conf');
  writeFileSync(
    config,
    `pcm_type.fakemic { lib "${library}" }
pcm.mic384 { type fakemic rate 384000 channels 1 format "S16_LE" file "${samples}" }
`,
  );
  return {
    pcm: 'mic384',
    env: { ...process.env, ALSA_CONFIG_PATH: `/usr/share/alsa/alsa.conf:${config}` },
  };
}
