import type { DeletionReason } from '@shared/model/janitor';
import { toInstant } from '@shared/model/time';
import { limitOf, type Thresholds } from './demand';
import { type DiskUsage, percentUsed } from './disk-usage';
import type { Planned } from './planner';

/** What was known of the disk when it was decided. */
export interface DecisionContext {
  readonly usage: DiskUsage;
  readonly thresholds: Thresholds;
  readonly minFreeBytes: number | null;
  readonly maxAgeDays: number | null;
  readonly copiesWanted: boolean;
}

/** Why this one went, and what was known of it, for whoever asks in a year. */
export function explain(
  { candidate, reason, severity, safe }: Planned,
  context: DecisionContext,
): string {
  const recorded = `Recorded ${toInstant(candidate.timeMs)}`;
  const custody = custodyOf(candidate.verifiedBy, { safe, uploaded: candidate.uploaded, context });
  const state = [
    ...(candidate.protected ? ['protected'] : []),
    ...(candidate.discarded ? ['in the bin'] : []),
    ...(candidate.analysed ? [] : ['not analysed yet']),
  ];
  const more = state.length === 0 ? '' : `; ${state.join(', ')}`;
  return `${causeOf(reason, severity, context)} ${recorded}; ${custody}${more}.`;
}

/** The same while the database cannot be asked. */
export function explainBlindly(context: Pick<DecisionContext, 'usage' | 'thresholds'>): string {
  const used = percentUsed({ used: context.usage.usedBytes, free: context.usage.freeBytes });
  return `The database could not be asked and the disk was ${used.toFixed(1)} % full: the oldest files went, whatever is known of them.`;
}

function causeOf(
  reason: DeletionReason,
  severity: Planned['severity'],
  { usage, thresholds, minFreeBytes, maxAgeDays }: DecisionContext,
): string {
  const { usedBytes, freeBytes, inodes } = usage;
  const limit =
    severity === null ? '' : ` (${severity} above ${String(limitOf(severity, thresholds))} %)`;
  switch (reason) {
    case 'disk_space':
      return `The disk was ${percentUsed({ used: usedBytes, free: freeBytes }).toFixed(1)} % full${limit}.`;
    case 'inodes':
      return `Of the disk's inodes ${inodes === null ? '?' : percentUsed(inodes).toFixed(1)} % were used${limit}.`;
    case 'min_free':
      return `${gigabytes(freeBytes)} GB were free, ${gigabytes(minFreeBytes ?? 0)} GB are to be (min_free_gb).`;
    case 'max_age':
      return `It was older than ${String(maxAgeDays ?? 0)} days (max_age_days).`;
    case 'after_upload':
      return 'Recordings go as soon as they are uploaded (delete_after_upload).';
  }
}

function custodyOf(
  remotes: readonly string[],
  known: { safe: boolean; uploaded: boolean; context: Pick<DecisionContext, 'copiesWanted'> },
): string {
  const { safe, uploaded, context } = known;
  if (remotes.length > 0) {
    const read = `read back from ${remotes.join(' and ')}`;
    return safe ? read : `${read}, but another remote was to have it and did not`;
  }
  if (!context.copiesWanted) return 'no copy of it anywhere: there is no remote';
  return uploaded ? 'sent, but no copy was read back' : 'no copy of it anywhere';
}

function gigabytes(bytes: number): string {
  return (bytes / 1e9).toFixed(1);
}
