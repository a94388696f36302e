import { useMemo } from 'react';
import { useTranslation } from 'react-i18next';
import { useTimeZone } from '../../stores/station-view';
import { useUi, type Language } from '../../stores/ui';
import { formatAge, formatLength, formatMeasured } from './durations';
import { formatInstant, formatMoment, type InstantStyle } from './instants';
import {
  formatBytes,
  formatCount,
  formatDbfs,
  formatDecimal,
  formatPercent,
  formatRate,
  formatShare,
  formatTemperature,
} from './numbers';

export interface Format {
  readonly language: Language;
  /** The zone that times are shown in now: the station's, or UTC on demand. */
  readonly timeZone: string;
  readonly instant: (instant: string | number, style: InstantStyle) => string;
  /** `3 min` */
  readonly age: (seconds: number) => string;
  /** `3 min ago`; the station's clock now in UTC milliseconds, null while it is not known. */
  readonly ago: (instant: string, nowMs: number | null) => string;
  /** `in 12 s` */
  readonly until: (instant: string, nowMs: number | null) => string;
  /** `20:14`, with the day where that is not today. */
  readonly moment: (instant: string, nowMs: number | null) => string;
  readonly length: (seconds: number) => string;
  /** `0.02 s`, `3 min` */
  readonly measured: (seconds: number) => string;
  readonly bytes: (bytes: number) => string;
  readonly rate: (hz: number) => string;
  readonly count: (value: number) => string;
  readonly percent: (percent: number) => string;
  /** 0–1 to a tenth of a percent; 100 % only of what is whole. */
  readonly share: (share: number) => string;
  readonly decimal: (value: number, digits: number) => string;
  readonly dbfs: (dbfs: number) => string;
  readonly temperature: (celsius: number) => string;
}

/** Everything that turns a value into text for this reader: language, zone and UTC switch applied. */
export function useFormat(): Format {
  const { t } = useTranslation();
  const language = useUi((state) => state.language);
  const utc = useUi((state) => state.utc);
  const stationZone = useTimeZone();
  const timeZone = utc ? 'UTC' : stationZone;
  return useMemo(
    () => ({
      language,
      timeZone,
      instant: (instant, style) => formatInstant(instant, style, { language, timeZone }),
      age: (seconds) => formatAge(seconds, language),
      ago: (instant, nowMs) =>
        nowMs === null
          ? '–'
          : t('common.ago', {
              duration: formatAge((nowMs - Date.parse(instant)) / 1000, language),
            }),
      until: (instant, nowMs) =>
        nowMs === null
          ? '–'
          : t('common.inTime', {
              duration: formatAge((Date.parse(instant) - nowMs) / 1000, language),
            }),
      moment: (instant, nowMs) => formatMoment(instant, nowMs, { language, timeZone }),
      length: (seconds) => formatLength(seconds, language),
      measured: (seconds) => formatMeasured(seconds, language),
      bytes: (bytes) => formatBytes(bytes, language),
      rate: (hz) => formatRate(hz, language),
      count: (value) => formatCount(value, language),
      percent: (percent) => formatPercent(percent, language),
      share: (share) => formatShare(share, language),
      decimal: (value, digits) => formatDecimal(value, digits, language),
      dbfs: (dbfs) => formatDbfs(dbfs, language),
      temperature: (celsius) => formatTemperature(celsius, language),
    }),
    [language, timeZone, t],
  );
}
