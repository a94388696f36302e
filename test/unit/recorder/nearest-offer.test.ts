import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CaptureOffer } from '@shared/model/device';
import type { SampleFormat } from '@shared/model/profile';
import { nearestOffer, type Sampling } from '@main/recorder/nearest-offer';

const GENERIC: Sampling = { sampleRateHz: 48_000, channels: 1, format: 'S16LE' };

const offer = (
  format: SampleFormat,
  channels: number,
  rates: CaptureOffer['rates'],
): CaptureOffer => ({
  format,
  channels,
  rates,
});

function isAmong(
  { sampleRateHz, channels, format }: Sampling,
  offers: readonly CaptureOffer[],
): boolean {
  return offers.some(
    ({ rates, ...rest }) =>
      rest.channels === channels &&
      rest.format === format &&
      ('min' in rates
        ? rates.min <= sampleRateHz && sampleRateHz <= rates.max
        : rates.includes(sampleRateHz)),
  );
}

describe('the nearest of what a card offers', () => {
  it.each<[string, CaptureOffer[], [number, number, SampleFormat]]>([
    [
      'exactly that',
      [offer('S24LE', 2, [96_000]), offer('S16LE', 1, [44_100, 48_000])],
      [48_000, 1, 'S16LE'],
    ],
    ['within a range', [offer('S16LE', 1, { min: 8000, max: 96_000 })], [48_000, 1, 'S16LE']],
    ['stereo only', [offer('S16LE', 2, [44_100, 48_000])], [48_000, 2, 'S16LE']],
    [
      'the fewest channels that suffice',
      [offer('S16LE', 8, [48_000]), offer('S16LE', 2, [48_000])],
      [48_000, 2, 'S16LE'],
    ],
    ['44.1 kHz only', [offer('S16LE', 1, [44_100])], [44_100, 1, 'S16LE']],
    ['the next higher rate', [offer('S16LE', 1, [44_100, 96_000, 192_000])], [96_000, 1, 'S16LE']],
    [
      'the next higher rate, of two settings',
      [offer('S16LE', 1, [192_000]), offer('S16LE', 1, [96_000])],
      [96_000, 1, 'S16LE'],
    ],
    ['the highest of low rates', [offer('S16LE', 1, [8000, 32_000, 16_000])], [32_000, 1, 'S16LE']],
    ['a range above', [offer('S16LE', 1, { min: 64_000, max: 96_000 })], [64_000, 1, 'S16LE']],
    ['a range below', [offer('S16LE', 1, { min: 8000, max: 32_000 })], [32_000, 1, 'S16LE']],
    ['24 bit only', [offer('S24LE', 1, [48_000])], [48_000, 1, 'S24LE']],
    [
      'the most bits',
      [offer('S24LE', 2, [48_000]), offer('S32LE', 2, [48_000])],
      [48_000, 2, 'S32LE'],
    ],
    [
      'the rate before the format',
      [offer('S16LE', 2, [44_100]), offer('S24LE', 2, [48_000])],
      [48_000, 2, 'S24LE'],
    ],
    ['an SSL 2', [offer('S32LE', 4, [44_100, 48_000, 192_000])], [48_000, 4, 'S32LE']],
  ])('is %s', (_, offers, [sampleRateHz, channels, format]) => {
    expect(nearestOffer(GENERIC, offers)).toEqual({ sampleRateHz, channels, format });
  });

  it('has the most channels where none has enough', () => {
    const offers = [offer('S16LE', 1, [48_000]), offer('S16LE', 2, [48_000])];
    expect(nearestOffer({ ...GENERIC, channels: 4 }, offers)?.channels).toBe(2);
  });

  it('is nothing when nothing is offered', () => {
    expect(nearestOffer(GENERIC, [])).toBeNull();
  });

  const rate = fc.constantFrom(8000, 16_000, 44_100, 48_000, 96_000, 384_000);
  const format = fc.constantFrom<SampleFormat>('S16LE', 'S24LE', 'S32LE');
  const channels = fc.integer({ min: 1, max: 8 });
  const sampling = fc.record({ sampleRateHz: rate, channels, format });
  const anyOffer: fc.Arbitrary<CaptureOffer> = fc.record({
    format,
    channels,
    rates: fc.oneof(
      fc.uniqueArray(rate, { minLength: 1 }),
      fc.tuple(rate, rate).map(([a, b]) => ({ min: Math.min(a, b), max: Math.max(a, b) })),
    ),
  });
  const anyOffers = fc.array(anyOffer, { minLength: 1, maxLength: 8 });

  it('is always one of them', () => {
    fc.assert(
      fc.property(sampling, anyOffers, (wanted, offers) => {
        const nearest = nearestOffer(wanted, offers);
        expect(nearest !== null && isAmong(nearest, offers)).toBe(true);
      }),
    );
  });

  it('is the wish itself wherever that is offered, so that a capture that runs is never moved', () => {
    fc.assert(
      fc.property(sampling, anyOffers, (wanted, offers) => {
        fc.pre(isAmong(wanted, offers));
        expect(nearestOffer(wanted, offers)).toEqual(wanted);
      }),
    );
  });

  it('does not depend on the order in which the card tells', () => {
    fc.assert(
      fc.property(sampling, anyOffers, (wanted, offers) => {
        expect(nearestOffer(wanted, offers.toReversed())).toEqual(nearestOffer(wanted, offers));
      }),
    );
  });
});
