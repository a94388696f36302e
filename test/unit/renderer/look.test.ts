import type { Device } from '@shared/model/device';
import { describe, expect, test } from 'vitest';
import { resolveColourScheme } from '../../../renderer/app/colour-scheme';
import { isCurrent } from '../../../renderer/app/navigation-link';
import { isNight, sunAltitude } from '../../../renderer/app/sun';
import { enrolmentWord } from '../../../renderer/components/enrolment-look';
import { readRemembered } from '../../../renderer/stores/ui';

describe('the sun', () => {
  const berlin = [52.52, 13.405] as const;
  test.each([
    // Solar noon: 90° − latitude, plus or minus the tilt of the earth.
    ['2026-06-21T11:08:00Z', 60.9],
    ['2026-12-21T11:04:00Z', 14.0],
    ['2026-03-20T11:14:00Z', 37.4],
  ])('at %s stands over Berlin at about %d°', (instant, altitude) => {
    expect(Math.abs(sunAltitude(Date.parse(instant), ...berlin) - altitude)).toBeLessThan(1);
  });

  test('makes night and day, also in the south and across the date line', () => {
    expect(isNight(Date.parse('2026-06-21T22:00:00Z'), ...berlin)).toBe(true);
    expect(isNight(Date.parse('2026-06-21T12:00:00Z'), ...berlin)).toBe(false);
    expect(isNight(Date.parse('2026-12-21T00:00:00Z'), -36.85, 174.76)).toBe(false);
    expect(isNight(Date.parse('2026-12-21T12:00:00Z'), -36.85, 174.76)).toBe(true);
  });
});

test('a person’s choice of theme wins, then the sun, then the system', () => {
  const night = { nowMs: Date.parse('2026-06-21T23:00:00Z'), latitude: 52.5, longitude: 13.4 };
  expect(resolveColourScheme('light', 'dark', night)).toBe('light');
  expect(resolveColourScheme('auto', 'light', night)).toBe('dark');
  expect(resolveColourScheme('auto', 'light', null)).toBe('light');
});

test.each([
  [{ ambiguous: true, enrollment: 'enrolled', outcome: 'usb_id' }, 'ambiguous'],
  [{ ambiguous: false, enrollment: 'enrolled', outcome: 'usb_id' }, 'enrolled'],
  [{ ambiguous: false, enrollment: 'enrolled', outcome: 'fallback' }, 'generic'],
  [{ ambiguous: false, enrollment: 'pending', outcome: 'alsa_name' }, 'pending'],
  [{ ambiguous: false, enrollment: 'ignored', outcome: 'fallback' }, 'ignored'],
] as const)('a device that is %o reads %s', ({ ambiguous, enrollment, outcome }, word) => {
  const device: Pick<Device, 'ambiguous' | 'enrollment' | 'matchReason'> = {
    ambiguous,
    enrollment,
    matchReason: { outcome, score: 0, candidates: [] },
  };
  expect(enrolmentWord(device)).toBe(word);
});

test('a page is current on its sub-pages, the first page only on itself', () => {
  expect(isCurrent('/', '/')).toBe(true);
  expect(isCurrent('/', '/logs')).toBe(false);
  expect(isCurrent('/recordings', '/recordings/7')).toBe(true);
  expect(isCurrent('/recorders', '/recordings')).toBe(false);
});

describe('what the page remembers', () => {
  test('is used where it is whole, and else the system’s language', () => {
    expect(readRemembered('{"theme":"dark","language":"de","utc":true}', 'en')).toEqual({
      theme: 'dark',
      language: 'de',
      utc: true,
    });
    expect(readRemembered('{"theme":"pink","language":7}', 'de-AT')).toEqual({
      theme: 'auto',
      language: 'de',
      utc: false,
    });
    for (const broken of [null, '', '{', 'null', '[]']) {
      expect(readRemembered(broken, 'fr')).toEqual({ theme: 'auto', language: 'en', utc: false });
    }
  });
});
