import { describe, expect, it } from 'vitest';
import type { StorageForecast } from '@shared/model/janitor';
import { forecastOf } from '@main/janitor/forecast';
import { tellForecast } from '@main/janitor/janitor-alerts';
import type { StorageSurvey } from '@main/janitor/storage-survey';
import { diskAt } from '../../support/roomy-disk';

const NOW_MS = Date.UTC(2026, 4, 1, 12); // a Friday
const HOUR_MS = 3_600_000;
const GB = 1e9;
const THRESHOLDS = { warning: 70, critical: 80, emergency: 90 };

function forecast(changes: Partial<StorageSurvey>, percent = 60): StorageForecast {
  const survey: StorageSurvey = {
    copiesWanted: true,
    recorded: { bytes: 24 * GB, sinceMs: NOW_MS - 24 * HOUR_MS },
    savedBytes: 0,
    sentBytes: 0,
    safeBytes: 0,
    ...changes,
  };
  return forecastOf({ nowMs: NOW_MS, usage: diskAt(percent), thresholds: THRESHOLDS, survey });
}
const inHours = (instant: string | null): number | null =>
  instant === null ? null : (Date.parse(instant) - NOW_MS) / HOUR_MS;

describe('the forecast', () => {
  it('is when the disk is full without deletions, and when panic is reached by what is not saved', () => {
    const told = forecast({ safeBytes: 20 * GB });
    expect(inHours(told.fullAt)).toBe(40);
    // 40 GB are not saved, panic is at 90: at a gigabyte an hour.
    expect(inHours(told.firstLossAt)).toBe(50);
    expect(told).toMatchObject({ basisHours: 24, confidence: 'fair' });
    expect(told.writeBytesPerS).toBeCloseTo(GB / 3600);
  });

  it('counts what is uploaded against what is recorded', () => {
    expect(inHours(forecast({ savedBytes: 12 * GB }).firstLossAt)).toBe(60);
    expect(forecast({ savedBytes: 24 * GB, sentBytes: 12 * GB })).toMatchObject({
      firstLossAt: null,
    });
    expect(forecast({ sentBytes: 12 * GB }).uploadBytesPerS).toBeCloseTo(GB / 7200);
  });

  it('is now where panic deletes what is not saved', () => {
    expect(inHours(forecast({}, 92).firstLossAt)).toBe(0);
  });

  it('takes all that goes for a loss where there is no remote, from the first threshold on', () => {
    expect(inHours(forecast({ copiesWanted: false }).firstLossAt)).toBe(10);
  });

  it('says how much is known: nothing, a guess, a rough idea', () => {
    const after = (hours: number) =>
      forecast({ recorded: { bytes: hours * GB, sinceMs: NOW_MS - hours * HOUR_MS } });
    expect(after(0.5)).toMatchObject({ confidence: 'guess', basisHours: 0.5 });
    expect(inHours(after(0.5).fullAt)).toBe(40);
    expect(after(5).confidence).toBe('rough');
    const nothing = { confidence: 'none', fullAt: null, firstLossAt: null, writeBytesPerS: null };
    expect(forecast({ recorded: null })).toMatchObject(nothing);
    expect(after(0.01)).toMatchObject(nothing);
  });

  it('tells of nothing that is years away', () => {
    const told = forecast({ recorded: { bytes: 1, sinceMs: NOW_MS - 24 * HOUR_MS } });
    expect(told).toMatchObject({ fullAt: null, firstLossAt: null });
  });
});

describe('the alert of a first loss', () => {
  function told(changes: Partial<StorageForecast>, copiesWanted = true, open = ''): string {
    const alerts = new Map([['storage.loss_foreseen', open]]);
    tellForecast(
      {
        raise: (code, _, evidence) => alerts.set(code, evidence),
        clear: (code) => alerts.delete(code),
      },
      { ...forecast({ safeBytes: 20 * GB }), ...changes },
      { nowMs: NOW_MS, timezone: 'Europe/Berlin', copiesWanted },
    );
    return alerts.get('storage.loss_foreseen') ?? 'cleared';
  }

  it('names the day and the hour at the station', () => {
    expect(told({})).toContain('without a copy on Sunday 16:00.');
  });

  it('comes three days ahead, and goes when it is farther away again', () => {
    const after = (hours: number) => new Date(NOW_MS + hours * HOUR_MS).toISOString();
    expect(told({ firstLossAt: after(71) })).toContain('Monday');
    expect(told({ firstLossAt: after(80) }, true, 'as it was')).toBe('as it was');
    expect(told({ firstLossAt: after(90) }, true, 'as it was')).toBe('cleared');
    expect(told({ firstLossAt: null }, true, 'as it was')).toBe('cleared');
  });

  it('is not made of a guess, nor where there is no remote', () => {
    expect(told({ confidence: 'guess' }, true, 'as it was')).toBe('as it was');
    expect(told({}, false, 'as it was')).toBe('cleared');
  });
});
