import type { Stream } from '@shared/model/recording';

/** What a worker is given of a recording. */
export interface WaitingRecording {
  readonly id: number;
  readonly timeMs: number;
  readonly durationS: number;
  /** In which there is a file here, and where: absolute paths. */
  readonly files: Readonly<Partial<Record<Stream, string>>>;
}

/** How a worker ended well. */
export interface Outcome {
  readonly state: 'done' | 'skipped';
  /** Why it was skipped; empty: nothing to say. */
  readonly detail: string;
  /** Writes what it found: in the one transaction that ends the job. */
  readonly write: () => void;
  /** Takes back what lies on the disk: the job had become another one's, or nobody's. */
  readonly abandon?: () => Promise<void>;
}

export const NOTHING_TO_WRITE = (): void => undefined;

/** Does one thing to every recording, sooner or later. */
export interface AnalysisWorker {
  /** In `analysis_state` and in `analysis_jobs`; letters only. */
  readonly name: string;
  /** Another one than before: everything is analysed anew. */
  version(): string;
  /** Switched off it does only what a person waits for, if it can. */
  enabled(): boolean;
  /** Recordings that were made before are not worked on in advance, UTC milliseconds; null: all are. */
  oldestMs(): number | null;
  /**
   * @param wanted a person waits for it
   * @throws Error when it could not be done; what it says is shown to people
   */
  analyse(recording: WaitingRecording, wanted: boolean, signal: AbortSignal): Promise<Outcome>;
}
