/** Where a run's files lie. */
export interface RunKey {
  readonly workspace: string;
  readonly runId: string;
}

/** A run as the re-timer needs it. */
export interface RetimableRun extends RunKey {
  readonly device: string;
  readonly bootId: string | null;
  /** null: its first sample has no time yet. */
  readonly anchor: {
    readonly wallMs: number;
    readonly monotonicMs: number;
    readonly synced: boolean | null;
  } | null;
  readonly ended: boolean;
}

/** What a run remembers of one of its segments. */
export interface SegmentMemory {
  readonly sequence: number;
  readonly fileName: string;
  /** NaN: not known. */
  readonly firstFrame: number;
  readonly frames: number;
  readonly sampleRateHz: number;
  /** Capture time of the first frame, UTC milliseconds. */
  readonly startWallMs: number;
  readonly clockSynced: boolean | null;
}

/** The recorder's runs on disk, as the re-timer needs them. */
export interface RunArchive {
  list(): Promise<readonly RunKey[]>;
  /** null: it left nothing, or nothing that can be read. */
  read(key: RunKey): Promise<RetimableRun | null>;
  /** null: nothing. */
  segment(key: RunKey, sequence: number): Promise<SegmentMemory | null>;
  /**
   * All that it remembers, in parts and in the order in which it was written: what was corrected is there twice, and
   * `segment` tells which counts. Months of it: only for a run that is over.
   */
  ledgerParts(key: RunKey): AsyncIterable<readonly SegmentMemory[]>;
  /** Durable when it resolves. */
  remember(key: RunKey, segment: SegmentMemory): Promise<void>;
  /** Moves the anchor of a run that this console records, and calls it synchronised; else does nothing. */
  shift(runId: string, deltaMs: number): Promise<void>;
}
