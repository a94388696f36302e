import type { Guano } from '../wav/guano-text';
import type { RunRecord } from './run-files';

/** A segment as its metadata tells of it. */
export interface SegmentFacts {
  readonly runId: string;
  readonly sequence: number;
  readonly fileName: string;
  /** Capture time of the first frame, UTC milliseconds. */
  readonly startWallMs: number;
  readonly firstFrame: number;
  readonly frames: number;
  readonly sampleRateHz: number;
  readonly clockSynced: boolean | null;
  readonly recovered: boolean;
}

/** What is to be written into a raw file beside its sound. */
export type DescribeSegment = (device: RunRecord['device'], segment: SegmentFacts) => Guano;
