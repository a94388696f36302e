import type { CaptureOffer, OfferedRates } from '@shared/model/device';
import type { SampleFormat } from '@shared/model/profile';

/**
 * ALSA's formats that ffmpeg opens as they are. `S24_LE`, 24 bits in four bytes, is not among them: ffmpeg's
 * `pcm_s24le` means `S24_3LE`.
 */
const FORMATS: ReadonlyMap<string, SampleFormat> = new Map([
  ['S16_LE', 'S16LE'],
  ['S24_3LE', 'S24LE'],
  ['S32_LE', 'S32LE'],
]);

/** A card has a handful; more is a broken or hostile descriptor. */
const MAX_OFFERS = 64;
const MAX_RATES = 64;
const MAX_CHANNELS = 64;
const MAX_RATE_HZ = 10_000_000;

/**
 * Reads what a USB card can capture from its `/proc/asound/cardN/streamM`. Formats that cannot be recorded are left
 * out, and so is everything that does not read as the kernel writes it (`sound/usb/proc.c`).
 * @returns null when the text has no account of capture at all; empty when nothing of it can be recorded
 */
export function parseCaptureOffers(text: string): CaptureOffer[] | null {
  const lines = text.split('\n');
  // The device's own name is in the first line; a newline in it must not forge a section. Capture comes last.
  const start = lines.lastIndexOf('Capture:');
  if (start < 0) return null;
  const offers = new Map<string, CaptureOffer>();
  let told = false;
  let formats: SampleFormat[] = [];
  let channels = 0;
  for (const line of lines.slice(start + 1)) {
    if (/^\S/.test(line)) break;
    const [, key = '', value = ''] = /^ {4}(Altset|Format|Channels|Rates):? (.*)$/.exec(line) ?? [];
    if (key === 'Altset') {
      told = true;
      formats = [];
      channels = 0;
    } else if (key === 'Format') {
      formats = value.split(' ').flatMap((name) => FORMATS.get(name) ?? []);
    } else if (key === 'Channels') {
      channels = wholeNumber(value, MAX_CHANNELS);
    } else if (key === 'Rates' && channels > 0) {
      const rates = parseRates(value);
      if (rates === null) continue;
      for (const format of formats) {
        const offer = { format, channels, rates };
        if (offers.size < MAX_OFFERS) offers.set(JSON.stringify(offer), offer);
      }
    }
  }
  return told ? [...offers.values()] : null;
}

/** `44100, 48000` or `8000 - 96000 (continuous)` */
function parseRates(text: string): OfferedRates | null {
  const range = /^(\d+) - (\d+) \(continuous\)$/.exec(text.trim());
  if (range !== null) {
    const min = wholeNumber(range[1], MAX_RATE_HZ);
    const max = wholeNumber(range[2], MAX_RATE_HZ);
    return min > 0 && min <= max ? { min, max } : null;
  }
  const rates = text
    .split(',')
    .map((rate) => wholeNumber(rate, MAX_RATE_HZ))
    .filter((rate) => rate > 0);
  const sorted = [...new Set(rates)].sort((a, b) => a - b).slice(0, MAX_RATES);
  return sorted.length === 0 ? null : sorted;
}

/** 0 when it is none, or beyond all reason. */
function wholeNumber(text: string | undefined, max: number): number {
  const digits = text?.trim() ?? '';
  const number = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
  return number <= max ? number : 0;
}
