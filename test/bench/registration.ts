import type { Benchmark } from './benchmark.ts';
import { playedThrough } from './season.ts';

/** How fast a disk full of recordings is registered whose database was lost. */
export const registration: Benchmark = {
  name: 'registration',
  async run({ workshop, quick, say }) {
    const files = quick ? 20_000 : 200_000;
    say(`registration: ${files.toLocaleString('en')} files are made; this takes a minute`);
    return playedThrough(workshop, 'registration', {
      SILVASONIC_REGISTRATION_FILES: String(files),
    });
  },
};
