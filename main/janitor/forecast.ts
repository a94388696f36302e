import type { StorageForecast } from '@shared/model/janitor';
import { toInstant } from '@shared/model/time';
import type { Thresholds } from './demand';
import type { DiskUsage } from './disk-usage';
import type { StorageSurvey } from './storage-survey';

export interface ForecastFacts {
  readonly nowMs: number;
  readonly usage: DiskUsage;
  readonly thresholds: Thresholds;
  readonly survey: StorageSurvey;
}

const HOUR_MS = 3_600_000;
/** Less is too little to tell a rate from. */
const LEAST_HOURS = 0.05;
/** Farther ahead is not told: discs and plans change. */
const FARTHEST_MS = 5 * 365 * 24 * HOUR_MS;

/**
 * When the disk would be full if nothing were deleted, and when the first recording would go of which no copy was read
 * back, if all goes on as within the last day.
 *
 * What is saved elsewhere goes first, so the first loss comes when panic is reached by what is not saved: it grows by
 * what is recorded and shrinks by what is uploaded. Where no remote is active everything that goes is a loss, from the
 * first threshold on.
 */
export function forecastOf({ nowMs, usage, thresholds, survey }: ForecastFacts): StorageForecast {
  const { recorded, copiesWanted } = survey;
  const basisHours = recorded === null ? 0 : Math.max(0, (nowMs - recorded.sinceMs) / HOUR_MS);
  if (recorded === null || basisHours < LEAST_HOURS) {
    const unknown = {
      writeBytesPerS: null,
      uploadBytesPerS: null,
      fullAt: null,
      firstLossAt: null,
    };
    return { ...unknown, basisHours, confidence: 'none' };
  }
  const perMs = (bytes: number): number => bytes / (basisHours * HOUR_MS);
  const write = perMs(recorded.bytes);
  const total = usage.usedBytes + usage.freeBytes;
  const limit = copiesWanted ? thresholds.emergency : thresholds.warning;
  const unsaved = copiesWanted ? usage.usedBytes - survey.safeBytes : usage.usedBytes;
  const growth = copiesWanted ? write - perMs(survey.savedBytes) : write;
  return {
    writeBytesPerS: write * 1000,
    uploadBytesPerS: perMs(survey.sentBytes) * 1000,
    fullAt: instantAfter(nowMs, usage.freeBytes, write),
    firstLossAt: instantAfter(nowMs, (total * limit) / 100 - unsaved, growth),
    basisHours,
    confidence: basisHours < 1 ? 'guess' : basisHours < 20 ? 'rough' : 'fair',
  };
}

/** When so many bytes have come together; null: never, or too far ahead. */
function instantAfter(nowMs: number, bytes: number, perMs: number): string | null {
  if (bytes > 0 && perMs <= 0) return null;
  const inMs = bytes <= 0 ? 0 : bytes / perMs;
  // Nothing grows: what is beyond the limit already stays there.
  if (perMs <= 0 || inMs > FARTHEST_MS) return null;
  return toInstant(Math.round(nowMs + inMs));
}
