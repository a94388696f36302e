import { InvalidArgumentError } from 'commander';

const UNIT_MS: Readonly<Record<string, number>> = {
  ms: 1,
  s: 1000,
  m: 60_000,
  h: 3_600_000,
  d: 86_400_000,
};

/**
 * A duration as people write it: `10s`, `1.5m`, `2h`, `500ms`, `1d`.
 * @returns milliseconds
 * @throws commander's InvalidArgumentError
 */
export function parseDuration(text: string): number {
  const match = /^(?<amount>\d+(?:\.\d+)?)(?<unit>ms|s|m|h|d)$/.exec(text.trim());
  const { amount, unit } = match?.groups ?? {};
  const factor = UNIT_MS[unit ?? ''];
  if (amount === undefined || factor === undefined || Number(amount) <= 0) {
    throw new InvalidArgumentError('Expected a time with its unit, e.g. 10s, 5m or 2h.');
  }
  return Number(amount) * factor;
}
