/** A segment that was inspected, fsynced and renamed into `data/`: everything the indexer needs. */
export interface PromotedSegment {
  readonly device: string;
  readonly workspace: string;
  readonly runId: string;
  /** From 0, within the run. */
  readonly sequence: number;
  /** The common file name of both streams. */
  readonly fileName: string;
  /** Capture time of the first frame, UTC milliseconds (fractional). */
  readonly startWallMs: number;
  /** Frames of the run before this segment. */
  readonly firstFrame: number;
  readonly frames: number;
  readonly sampleRateHz: number;
  /** null: the system does not tell. */
  readonly clockSynced: boolean | null;
  /** Its header had to be made again after its capture was killed. */
  readonly recovered: boolean;
  readonly streams: { readonly raw: boolean; readonly processed: boolean };
}
