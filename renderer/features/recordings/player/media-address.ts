import type { Stream } from '@shared/model/recording';

/** How many times slower a sound is played, its pitch falling with it: a bat at 40 kHz is heard at 4 or 2 kHz. */
export const SLOWDOWNS = [1, 10, 20] as const;
export type Slowdown = (typeof SLOWDOWNS)[number];

/** From this rate on there is something in a file that no ear hears. Hz. */
const ULTRASOUND_RATE_HZ = 96_000;

export function holdsUltrasound(sampleRateHz: number): boolean {
  return sampleRateHz >= ULTRASOUND_RATE_HZ;
}

/** Where the sound of a recording is had; slowed, it says so in its header and is played as it is. */
export function mediaAddress(id: number, stream: Stream, slowdown: Slowdown): string {
  const address = `media://recording/${String(id)}/${stream}`;
  return slowdown === 1 ? address : `${address}?slow=${String(slowdown)}`;
}
