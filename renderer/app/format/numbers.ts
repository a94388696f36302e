import type { Language } from '../../stores/ui';

/** English here means day before month and 24 hours: field stations are read by people of many places. */
export const LOCALE: Readonly<Record<Language, string>> = { en: 'en-GB', de: 'de-DE' };

const BYTE_UNITS = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte', 'petabyte'] as const;

/** Bytes to three significant digits in decimal units, as disks are sold. */
export function formatBytes(bytes: number, language: Language): string {
  let value = Math.max(0, bytes);
  let unit = 0;
  while (value >= 999.5 && unit < BYTE_UNITS.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return new Intl.NumberFormat(LOCALE[language], {
    style: 'unit',
    unit: BYTE_UNITS[unit] ?? 'byte',
    unitDisplay: unit === 0 ? 'long' : 'short',
    maximumFractionDigits: digits,
  }).format(value);
}

/** Hz as kHz: 384000 → `384 kHz`, 44100 → `44.1 kHz`. */
export function formatRate(hz: number, language: Language): string {
  const kHz = new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 3 }).format(
    hz / 1000,
  );
  return `${kHz} kHz`;
}

export function formatCount(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language]).format(value);
}

/** 0–100 to a whole percentage. */
export function formatPercent(percent: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], {
    style: 'percent',
    maximumFractionDigits: 0,
  }).format(percent / 100);
}

/** A share of 0–1 to a tenth of a percent. Not rounded up to 100 %: that is said of what is whole. */
export function formatShare(share: number, language: Language): string {
  const tenths = share >= 1 ? 1000 : Math.min(999, Math.floor(share * 1000 + 1e-9));
  return new Intl.NumberFormat(LOCALE[language], {
    style: 'percent',
    minimumFractionDigits: tenths % 1000 === 0 ? 0 : 1,
    maximumFractionDigits: 1,
  }).format(tenths / 1000);
}

/** A measured number to so many digits after the point. */
export function formatDecimal(value: number, digits: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  }).format(value);
}

/** Decibels below full scale, e.g. `−18.2 dBFS`. */
export function formatDbfs(dbfs: number, language: Language): string {
  return `${formatDecimal(dbfs, 1, language).replace('-', '−')} dBFS`;
}

export function formatTemperature(celsius: number, language: Language): string {
  return `${new Intl.NumberFormat(LOCALE[language], { maximumFractionDigits: 0 }).format(celsius)} °C`;
}

/** A position or other plain number for an input field: no grouping, the locale's decimal sign. */
export function formatPlainNumber(value: number, language: Language): string {
  return new Intl.NumberFormat(LOCALE[language], {
    useGrouping: false,
    maximumFractionDigits: 8,
  }).format(value);
}

/** What a person typed as a number; comma and point are both decimal signs. Null when it is none. */
export function parseNumber(text: string): number | null {
  const plain = text.trim().replace('−', '-').replace(',', '.');
  if (!/^[+-]?(\d+(\.\d*)?|\.\d+)$/.test(plain)) return null;
  return Number(plain);
}
