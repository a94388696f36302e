import type { DeletionReason, JanitorMode } from '@shared/model/janitor';
import { type DiskUsage, percentUsed, worstPercent } from './disk-usage';

/** Percent of the disk, rising. */
export interface Thresholds {
  readonly warning: number;
  readonly critical: number;
  readonly emergency: number;
}

/** How little must be known to be well with a recording for it to go. */
export type Severity = Exclude<JanitorMode, 'quiet'>;

/** From mild to severe. */
export const SEVERITIES: readonly Severity[] = ['housekeeping', 'defensive', 'panic'];

/** Rising with the severity; of quiet: -1. */
export function rankOf(mode: JanitorMode): number {
  return mode === 'quiet' ? -1 : SEVERITIES.indexOf(mode);
}

/** Room that is wanted, and what may be given for it. */
export interface Demand {
  readonly severity: Severity;
  readonly reason: DeletionReason;
  readonly bytes: number;
  readonly files: number;
}

/** A mode is left only when usage is this far below the threshold that called it. Percent of the disk. */
export const HYSTERESIS = 1;

/** The mode that the disk demands. @param before the mode until now */
export function modeOf(before: JanitorMode, usage: DiskUsage, thresholds: Thresholds): JanitorMode {
  const used = worstPercent(usage);
  const rankBefore = rankOf(before);
  for (const [rank, severity] of [...SEVERITIES.entries()].reverse()) {
    const limit = limitOf(severity, thresholds);
    if (used > (rankBefore >= rank ? limit - HYSTERESIS : limit)) return severity;
  }
  return 'quiet';
}

/**
 * How much must go for each threshold that is exceeded, down to where its mode is left, and for the floor of free bytes.
 * Mild ones first: what serves one serves those after it as well.
 * @param minFreeBytes null: no floor
 */
export function demandsOf(
  mode: JanitorMode,
  usage: DiskUsage,
  thresholds: Thresholds,
  minFreeBytes: number | null,
): Demand[] {
  const demands = SEVERITIES.slice(0, rankOf(mode) + 1).map((severity): Demand => {
    const target = limitOf(severity, thresholds) - HYSTERESIS;
    const { usedBytes, freeBytes, inodes } = usage;
    const bytes = excess({ used: usedBytes, free: freeBytes }, target);
    const files = inodes === null ? 0 : excess(inodes, target);
    return { severity, reason: bytes > 0 ? 'disk_space' : 'inodes', bytes, files };
  });
  const floor = floorDemand(usage, minFreeBytes);
  // As strict as what is uploaded: a floor that a person chose is no reason to lose anything.
  const at = demands.findIndex(({ severity }) => severity === 'panic');
  if (floor !== null) demands.splice(at < 0 ? demands.length : at, 0, floor);
  return demands.filter(({ bytes, files }) => bytes > 0 || files > 0);
}

function floorDemand(
  { usedBytes, freeBytes }: DiskUsage,
  minFreeBytes: number | null,
): Demand | null {
  if (minFreeBytes === null || freeBytes >= minFreeBytes) return null;
  const bytes = minFreeBytes - freeBytes + ((usedBytes + freeBytes) * HYSTERESIS) / 100;
  return { severity: 'defensive', reason: 'min_free', bytes: Math.ceil(bytes), files: 0 };
}

/** What is used beyond so many percent. */
function excess({ used, free }: { used: number; free: number }, percent: number): number {
  if (percentUsed({ used, free }) <= percent) return 0;
  return Math.ceil(used - ((used + free) * percent) / 100);
}

export function limitOf(severity: Severity, thresholds: Thresholds): number {
  const { warning, critical, emergency } = thresholds;
  return { housekeeping: warning, defensive: critical, panic: emergency }[severity];
}
