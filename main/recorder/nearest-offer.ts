import type { CaptureOffer, OfferedRates } from '@shared/model/device';
import { BITS_PER_SAMPLE, type SampleFormat } from '@shared/model/profile';

/** How sound is sampled. */
export interface Sampling {
  /** Hz */
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly format: SampleFormat;
}

/**
 * What comes nearest to a wish among what a card offers: first by channels, then by rate, then by format. Rather more
 * than was wished for than less: more can be thrown away later, less is lost.
 * @returns null when the card offers nothing that can be recorded
 */
export function nearestOffer(wanted: Sampling, offers: readonly CaptureOffer[]): Sampling | null {
  const channels = exactElseNextElseMost(
    wanted.channels,
    offers.map((offer) => offer.channels),
  );
  const ofChannels = offers.filter((offer) => offer.channels === channels);
  const sampleRateHz = exactElseNextElseMost(
    wanted.sampleRateHz,
    ofChannels.map((offer) => rateWithin(offer.rates, wanted.sampleRateHz)),
  );
  const formats = ofChannels
    .filter((offer) => rateWithin(offer.rates, wanted.sampleRateHz) === sampleRateHz)
    .map((offer) => offer.format)
    .sort((a, b) => BITS_PER_SAMPLE[b] - BITS_PER_SAMPLE[a]);
  const format = formats.includes(wanted.format) ? wanted.format : formats[0];
  if (channels === null || sampleRateHz === null || format === undefined) return null;
  return { sampleRateHz, channels, format };
}

/** The best rate of one offer. */
function rateWithin(rates: OfferedRates, wanted: number): number | null {
  if ('min' in rates) return Math.min(Math.max(wanted, rates.min), rates.max);
  return exactElseNextElseMost(wanted, rates);
}

/** The smallest that is not below the wish; where all are below it, the greatest. */
function exactElseNextElseMost(wanted: number, offered: readonly (number | null)[]): number | null {
  const sorted = offered.filter((value) => value !== null).sort((a, b) => a - b);
  return sorted.find((value) => value >= wanted) ?? sorted.at(-1) ?? null;
}
