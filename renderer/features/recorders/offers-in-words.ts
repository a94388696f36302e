import type { CaptureOffer } from '@shared/model/device';
import type { TFunction } from 'i18next';
import type { Format } from '../../app/format/use-format';

/** What a sound card can capture as it is, e.g. `16 bit, mono, 48 kHz / 96 kHz`, each way once. */
export function offersInWords(
  offers: readonly CaptureOffer[],
  t: TFunction,
  format: Pick<Format, 'rate'>,
): readonly string[] {
  const ways = offers.map(({ format: sampleFormat, channels, rates }) => {
    const kHz =
      'min' in rates
        ? `${format.rate(rates.min)} – ${format.rate(rates.max)}`
        : rates.map((rate) => format.rate(rate)).join(' / ');
    return `${t(`sampleFormat.${sampleFormat}`)}, ${t('channels', { count: channels })}, ${kHz}`;
  });
  return [...new Set(ways)];
}
