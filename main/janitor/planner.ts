import type { DeletionReason, KeptReason } from '@shared/model/janitor';
import { type Demand, SEVERITIES, type Severity } from './demand';
import { type Candidate, type Circumstances, isReadBack, standingOf } from './standing';

/** What is to be reached, and under which rules. */
export interface Rules extends Circumstances {
  /** Mild ones first. */
  readonly demands: readonly Demand[];
  /** What was recorded before goes as soon as it is safe; null: nothing does by its age. */
  readonly oldestMs: number | null;
  /** What was read back from its remotes goes at once. */
  readonly afterUpload: boolean;
  /** A file takes a whole number of these. Bytes. */
  readonly blockBytes: number;
}

/** One that goes. */
export interface Planned {
  readonly candidate: Candidate;
  readonly reason: DeletionReason;
  /** Which demand it serves; null: it goes by its age or its upload, however much room there is. */
  readonly severity: Severity | null;
  readonly safe: boolean;
  /** On the disk. */
  readonly bytes: number;
}

/** The next in line, in the order in which they are shown to the planner. */
export type Turn =
  | 'safe' // what is safe: oldest first
  | 'discarded' // panic: what lies in the bin
  | 'any' // panic: the oldest, whatever its state
  | 'protected'; // panic, and nothing else is left

/**
 * Chooses what goes. It is shown recordings turn by turn, oldest first in each, and takes as many as the demands need
 * and not one more. What is saved elsewhere goes before what is not: nothing is lost while something that is not lost
 * could make the room.
 */
export class Planner {
  readonly #rules: Rules;
  readonly #taken = new Set<number>();
  #freedBytes = 0;
  #freedFiles = 0;

  constructor(rules: Rules) {
    this.#rules = rules;
  }

  /** Would another one be of use in this turn, if it was recorded then? */
  wants(turn: Turn, timeMs: number): boolean {
    if (turn !== 'safe') return this.#unmet('panic') !== null;
    const { oldestMs, afterUpload } = this.#rules;
    return afterUpload || (oldestMs !== null && timeMs < oldestMs) || this.#unmetUpTo('defensive');
  }

  /** @returns why it stays; null: it is of no use, or it was taken in an earlier turn */
  consider(candidate: Candidate, turn: Turn): Planned | KeptReason | null {
    if (this.#taken.has(candidate.id)) return null;
    const { goesFrom, kept, safe } = standingOf(candidate, this.#rules);
    if (goesFrom === null) return kept;
    const use = this.#useOf(candidate, turn, goesFrom);
    if (use === null) return kept;
    const { bytes, files } = sizeOnDisk(candidate, this.#rules.blockBytes);
    this.#taken.add(candidate.id);
    this.#freedBytes += bytes;
    this.#freedFiles += files;
    return { candidate, ...use, safe, bytes };
  }

  #useOf(
    candidate: Candidate,
    turn: Turn,
    goesFrom: Severity | 'last',
  ): Pick<Planned, 'reason' | 'severity'> | null {
    if (turn !== 'safe') {
      if (goesFrom === 'last' && turn !== 'protected') return null;
      const demand = this.#unmet('panic');
      return demand === null ? null : { reason: demand.reason, severity: 'panic' };
    }
    if (goesFrom === 'last' || goesFrom === 'panic') return null;
    if (goesFrom === 'housekeeping') {
      const { oldestMs, afterUpload } = this.#rules;
      if (oldestMs !== null && candidate.timeMs < oldestMs) {
        return { reason: 'max_age', severity: null };
      }
      if (afterUpload && isReadBack(candidate)) return { reason: 'after_upload', severity: null };
    }
    const from = SEVERITIES.indexOf(goesFrom);
    const demand = this.#rules.demands.find(
      (one) => SEVERITIES.indexOf(one.severity) >= from && this.#isUnmet(one),
    );
    return demand === undefined ? null : { reason: demand.reason, severity: demand.severity };
  }

  #unmet(severity: Severity): Demand | null {
    const unmet = (one: Demand): boolean => one.severity === severity && this.#isUnmet(one);
    return this.#rules.demands.find(unmet) ?? null;
  }

  #unmetUpTo(severity: Severity): boolean {
    return SEVERITIES.slice(0, SEVERITIES.indexOf(severity) + 1).some(
      (one) => this.#unmet(one) !== null,
    );
  }

  #isUnmet({ bytes, files }: Demand): boolean {
    return this.#freedBytes < bytes || this.#freedFiles < files;
  }
}

/** Files that are here of it, relative to the data folder. */
export function filesOf({ rawPath, processedPath, missingFile }: Candidate): string[] {
  return [
    ...(rawPath === null || missingFile === 'raw' ? [] : [rawPath]),
    ...(processedPath === null || missingFile === 'processed' ? [] : [processedPath]),
  ];
}

function sizeOnDisk(candidate: Candidate, blockBytes: number): { bytes: number; files: number } {
  const { missingFile, rawBytes, processedBytes } = candidate;
  const sizes = [
    missingFile === 'raw' ? 0 : rawBytes,
    missingFile === 'processed' ? 0 : processedBytes,
  ];
  const blocks = sizes.reduce((sum, size) => sum + Math.ceil(size / blockBytes), 0);
  return { bytes: blocks * blockBytes, files: filesOf(candidate).length };
}
