import type { GapReason } from '@shared/model/coverage';
import type { DesiredReason } from '@shared/model/recorder';

/** A run's first sample was captured. Told once per run; an adopted run does not tell it again. */
export interface RunAnchored {
  readonly device: string;
  readonly runId: string;
  /** Capture time of the first sample, UTC milliseconds. */
  readonly wallMs: number;
  readonly monotonicMs: number;
  readonly bootId: string | null;
  readonly synced: boolean | null;
}

/** A run is over and what it left is promoted. */
export interface RunEnded {
  readonly device: string;
  readonly runId: string;
  /** End of its last promoted sample, UTC milliseconds; null when nothing was promoted. */
  readonly endWallMs: number | null;
  readonly reason: GapReason;
  readonly detail: string;
}

/** A capture could not be started at all. */
export interface CaptureRefused {
  readonly device: string;
  readonly reason: GapReason;
  readonly detail: string;
}

/** Samples are missing inside a run. The times of what follows already allow for it. */
export interface SoundLost {
  readonly device: string;
  readonly runId: string;
  /** Where the recordings show the hole, between two segments, UTC milliseconds: at it or soon after. */
  readonly fromWallMs: number;
  readonly lostS: number;
  readonly reason: GapReason;
  readonly detail: string;
}

/** Sound that was told to be lost came after all: it had only been held up. */
export interface SoundFound {
  readonly device: string;
  readonly runId: string;
  /** Capture time of the run's first sample, UTC milliseconds: what was lost was lost since. */
  readonly runFromWallMs: number;
  readonly foundS: number;
}

/** What a recorder should do has changed, or is told for the first time since the console started. */
export interface DutyChanged {
  readonly device: string;
  readonly desired: boolean;
  readonly reason: DesiredReason;
}
