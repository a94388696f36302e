import type { RecordingFile, Stream } from '@shared/model/recording';

/** A pair in `data/`, measured and ready to become a row. */
export interface FoundRecording {
  readonly device: string;
  /** UTC milliseconds. */
  readonly timeMs: number;
  readonly runId: string;
  readonly sequence: number;
  readonly firstFrame: number | null;
  readonly clockSynced: boolean | null;
  /** Its capture was killed: its header was made again, or what is known of it pieced together. */
  readonly recovered: boolean;
  readonly simulated: boolean;
  readonly files: Readonly<Partial<Record<Stream, Omit<RecordingFile, 'sha256'>>>>;
}
