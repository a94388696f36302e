import fc from 'fast-check';
import { InvalidArgumentError } from 'commander';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '@main/cli/duration';

describe('a time as people write it', () => {
  it.each([
    ['10s', 10_000],
    ['1.5m', 90_000],
    ['2h', 7_200_000],
    ['500ms', 500],
    ['1d', 86_400_000],
    [' 30s ', 30_000],
  ])('%j is %d ms', (text, ms) => {
    expect(parseDuration(text)).toBe(ms);
  });

  it.each([
    '',
    '10',
    's',
    '10 s',
    '-1s',
    '+1s',
    '0s',
    '0.0h',
    '1e3s',
    '10S',
    '10sec',
    '1h30m',
    '٣s',
    'Infinitys',
  ])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow(InvalidArgumentError);
  });

  it('is a positive number of milliseconds, or is refused', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.stringMatching(/^[0-9.]{0,6}(ms|s|m|h|d)$/)), (text) => {
        try {
          expect(parseDuration(text)).toBeGreaterThan(0);
        } catch (error) {
          if (!(error instanceof InvalidArgumentError)) throw error;
        }
      }),
    );
  });
});
