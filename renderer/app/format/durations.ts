import type { Language } from '../../stores/ui';
import { LOCALE } from './numbers';

const UNITS: Readonly<Record<Language, { d: string; h: string; min: string; s: string }>> = {
  en: { d: 'd', h: 'h', min: 'min', s: 's' },
  de: { d: 'T', h: 'Std.', min: 'Min.', s: 's' },
};

/** Seconds in at most two units, for ages and countdowns: `12 s`, `3 min`, `2 h 5 min`, `4 d 3 h`. */
export function formatAge(seconds: number, language: Language): string {
  const unit = UNITS[language];
  const whole = Math.max(0, Math.floor(seconds));
  const join = (big: number, bigUnit: string, small: number, smallUnit: string): string =>
    small === 0
      ? `${String(big)} ${bigUnit}`
      : `${String(big)} ${bigUnit} ${String(small)} ${smallUnit}`;
  if (whole < 60) return `${String(whole)} ${unit.s}`;
  const minutes = Math.floor(whole / 60);
  if (minutes < 60) return `${String(minutes)} ${unit.min}`;
  const hours = Math.floor(minutes / 60);
  if (hours < 24) return join(hours, unit.h, minutes % 60, unit.min);
  return join(Math.floor(hours / 24), unit.d, hours % 24, unit.h);
}

/** Length of audio: `10 s`, `9.7 s`, `1:05`, `1:00:00`. */
export function formatLength(seconds: number, language: Language): string {
  if (seconds < 60) {
    const number = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 1 }).format(
      seconds,
    );
    return `${number} s`;
  }
  const whole = Math.floor(seconds);
  const two = (value: number): string => String(value).padStart(2, '0');
  const minutes = Math.floor(whole / 60);
  return minutes < 60
    ? `${String(minutes)}:${two(whole % 60)}`
    : `${String(Math.floor(minutes / 60))}:${two(minutes % 60)}:${two(whole % 60)}`;
}

/** A measured stretch of time: tenths and hundredths while they matter, then as an age. `0.02 s`, `3.5 s`, `12 s`. */
export function formatMeasured(seconds: number, language: Language): string {
  if (seconds >= 10) return formatAge(seconds, language);
  const digits = seconds < 1 ? 2 : 1;
  return `${new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: digits }).format(seconds)} s`;
}
