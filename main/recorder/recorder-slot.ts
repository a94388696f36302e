import type { CaptureError } from '@shared/model/recorder';
import type { CaptureRun } from './capture-run';
import type { Desired } from './desired';

/** What the supervisor remembers of one device across its runs. */
export interface RecorderSlot {
  readonly device: string;
  run: CaptureRun | null;
  /** A start that is under way. */
  beginning: Promise<void> | null;
  desired: Desired;
  /** What was last told of its duty, so that only changes are told. */
  duty: string;
  /** Failures without five healthy minutes between them. */
  failures: number;
  restarts: number;
  lastError: CaptureError | null;
  retryAtMonotonicMs: number;
  /** The disk, or a capture that is not ours, does not let it start. */
  blocked: boolean;
  /** End of the newest segment of earlier runs. */
  lastSegmentWallMs: number | null;
}

export const NOT_YET: Desired = {
  desired: false,
  reason: 'console_stopped',
  nextChangeMs: null,
};

export function emptySlot(device: string): RecorderSlot {
  return {
    device,
    run: null,
    beginning: null,
    desired: NOT_YET,
    duty: '',
    failures: 0,
    restarts: 0,
    lastError: null,
    retryAtMonotonicMs: 0,
    blocked: false,
    lastSegmentWallMs: null,
  };
}
