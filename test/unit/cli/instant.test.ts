import { describe, expect, it } from 'vitest';
import { instant } from '@main/cli/instant';

describe('a time on the command line', () => {
  it.each([
    ['2026-11-21', '2026-11-21T00:00:00.000Z'],
    ['2026-11-21T18:00Z', '2026-11-21T18:00:00.000Z'],
    ['2026-11-21T18:00:00.5Z', '2026-11-21T18:00:00.500Z'],
    ['2026-11-21T19:00+01:00', '2026-11-21T18:00:00.000Z'],
    ['2026-11-21T00:30:00-03:30', '2026-11-21T04:00:00.000Z'],
    ['2026-11-21T00:30:00+02:00', '2026-11-20T22:30:00.000Z'],
  ])('%s is %s', (text, iso) => {
    expect(instant(text)).toBe(iso);
  });

  it.each(['2026-11-21T18:00', '2026-02-30T10:00+01:00', '2026-11-21T24:00+01:00', '2026-11-21Z'])(
    '%s is refused',
    (text) => {
      expect(() => instant(text)).toThrow(/Expected a date or a UTC time/);
    },
  );
});
