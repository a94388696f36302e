import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { captureOfferSchema } from '@shared/model/device';
import { parseCaptureOffers } from '@main/devices/capture-offers';
import { fakeMachine } from '../../support/file-tree';

/** One alternate setting as `sound/usb/proc.c` prints it. */
function altset(format: string, channels: number | string, rates: string, number = 1): string {
  return `  Interface 2
    Altset ${String(number)}
    Format: ${format}
    Channels: ${String(channels)}
    Endpoint: 0x82 (2 IN) (ASYNC)
    Rates: ${rates}
    Data packet interval: 1000 us
    Bits: 16
    Channel map: FL FR
`;
}

const PLAYBACK = `\nPlayback:\n  Status: Stop\n${altset('S16_LE', 8, '32000')}`;
const STOPPED = '  Status: Stop\n';
const RUNNING =
  '  Status: Running\n    Interface = 2\n    Altset = 1\n    Packet Size = 54\n    Momentary freq = 48000 Hz (0x6.0000)\n';

function stream(altsets: readonly string[], status = STOPPED, title = 'A microphone'): string {
  return `${title} at usb-0000:00:14.0-1, full speed : USB Audio\n${PLAYBACK}\nCapture:\n${status}${altsets.join('')}`;
}

describe('what a sound card offers to capture', () => {
  it.each([
    ['pi5-audiomoth', 'card0', [{ format: 'S16LE', channels: 1, rates: [384_000] }]],
    ['desktop-webcam', 'card2', [{ format: 'S16LE', channels: 2, rates: [16_000] }]],
  ])('is read from the real stream of %s', (fixture, card, offers) => {
    const { procRoot } = fakeMachine(fixture);
    const text = readFileSync(join(procRoot, 'asound', card, 'stream0'), 'utf8');
    expect(parseCaptureOffers(text)).toEqual(offers);
  });

  // What public captures of these devices' streams list, in the kernel's form.
  it.each([
    ['a KT Micro headset', [altset('S16_LE', 1, '44100, 48000')], ['S16LE 1 44100,48000']],
    [
      'an ALC4080 mainboard (alsa-ucm-conf #248), whose later settings repeat the first two',
      [1, 2, 3, 4].map((n) =>
        altset(n % 2 === 1 ? 'S16_LE' : 'S24_3LE', 2, '44100, 48000, 96000, 192000', n),
      ),
      ['S16LE 2 44100,48000,96000,192000', 'S24LE 2 44100,48000,96000,192000'],
    ],
    [
      'an SSL 2 (alsa-ucm-conf #566)',
      [altset('S32_LE', 4, '44100, 48000, 88200, 96000, 176400, 192000')],
      ['S32LE 4 44100,48000,88200,96000,176400,192000'],
    ],
    [
      'a webcam with a setting per rate',
      [16_000, 24_000, 32_000, 48_000].map((rate, n) => altset('S16_LE', 1, String(rate), n + 1)),
      ['S16LE 1 16000', 'S16LE 1 24000', 'S16LE 1 32000', 'S16LE 1 48000'],
    ],
    ['two formats in one setting', [altset('S32_LE DSD_U32_BE', 2, '48000')], ['S32LE 2 48000']],
  ])('is read for %s', (_, altsets, expected) => {
    for (const status of [STOPPED, RUNNING]) {
      const offers = parseCaptureOffers(stream(altsets, status));
      expect(
        offers?.map(({ format, channels, rates }) => {
          return `${format} ${String(channels)} ${'min' in rates ? 'a range' : rates.join()}`;
        }),
      ).toEqual(expected);
    }
  });

  it('may be every rate within bounds', () => {
    expect(parseCaptureOffers(stream([altset('S24_3LE', 2, '8000 - 96000 (continuous)')]))).toEqual(
      [{ format: 'S24LE', channels: 2, rates: { min: 8000, max: 96_000 } }],
    );
  });

  it('does not include what ffmpeg would open as something else, or not at all', () => {
    const altsets = ['S24_LE', 'S8', 'SPECIAL', 'FLOAT_LE', 'S16_BE'].map((format) =>
      altset(format, 2, '48000'),
    );
    expect(parseCaptureOffers(stream(altsets))).toEqual([]);
  });

  it('does not include settings that make no sense', () => {
    const altsets = [
      altset('S16_LE', 0, '48000'),
      altset('S16_LE', -1, '48000'),
      altset('S16_LE', 4000, '48000'),
      altset('S16_LE', 1, ''),
      altset('S16_LE', 1, '0'),
      altset('S16_LE', 1, '4294967295'),
      altset('S16_LE', 1, '96000 - 8000 (continuous)'),
      altset('S16_LE', 1, '0 - 0 (continuous)'),
    ];
    expect(parseCaptureOffers(stream(altsets))).toEqual([]);
  });

  it.each([
    ['nothing', ''],
    ['a card that only plays', `X\n${PLAYBACK}`],
    ['an account that breaks off', `X\n${PLAYBACK}\nCapture:\n${STOPPED}`],
  ])('is not known from %s', (_, text) => {
    expect(parseCaptureOffers(text)).toBeNull();
  });

  it('cannot be forged by a newline in the name of the device', () => {
    const forged = `Evil\nCapture:\n${altset('S32_LE', 8, '768000')}`;
    expect(parseCaptureOffers(stream([altset('S16_LE', 1, '48000')], STOPPED, forged))).toEqual([
      { format: 'S16LE', channels: 1, rates: [48_000] },
    ]);
  });

  it('is valid, bounded and without repetition, whatever is read', () => {
    const piece = fc.oneof(
      fc.string({ maxLength: 30 }),
      fc.constantFrom(
        'Capture:\n',
        '\n',
        STOPPED,
        '    Rates: ',
        '    Channels: 2\n',
        '    Altset 9\n',
      ),
      fc
        .tuple(
          fc.constantFrom('S16_LE', 'S24_3LE', 'S32_LE', 'S24_LE', '', '🦇'),
          fc.integer({ min: -1, max: 200 }),
          fc.oneof(
            fc
              .array(fc.integer({ min: 0, max: 2 ** 32 }), { maxLength: 200 })
              .map((rates) => rates.join(', ')),
            fc
              .tuple(fc.nat(), fc.nat())
              .map(([a, b]) => `${String(a)} - ${String(b)} (continuous)`),
          ),
        )
        .map(([format, channels, rates]) => altset(format, channels, rates)),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 100 }), (pieces) => {
        const offers = parseCaptureOffers(`Capture:\n${pieces.join('')}`) ?? [];
        expect(offers.length).toBeLessThanOrEqual(64);
        expect(new Set(offers.map((offer) => JSON.stringify(offer))).size).toBe(offers.length);
        for (const offer of offers) expect(captureOfferSchema.parse(offer)).toEqual(offer);
      }),
    );
  });
});
