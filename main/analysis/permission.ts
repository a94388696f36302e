/** What stands between analysis and its work. Recording outranks it. */
export interface RecordingFacts {
  readonly diskUsable: boolean;
  /** Since a recorder last lost sound; null: not within this console's life. Milliseconds. */
  readonly lossAgoMs: number | null;
  /** Programs that want to run, per core, over the last minute. */
  readonly loadPerCore: number;
}

/** `wanted`: only what a person waits for. */
export interface Permission {
  readonly may: 'everything' | 'wanted' | 'nothing';
  /** One English sentence; empty while everything may be done. */
  readonly why: string;
}

/** After a loss everything that is not recording keeps still for so long. */
const STILL_MS = 120_000;
/** Beyond it the machine is overrun, and work that can wait does. Our own thread is one of those programs. */
const MOST_LOAD = 3;

/** What analysis may do now. */
export function permissionOf({ diskUsable, lossAgoMs, loadPerCore }: RecordingFacts): Permission {
  if (!diskUsable) return { may: 'nothing', why: 'The data disk cannot be written.' };
  if (lossAgoMs !== null && lossAgoMs < STILL_MS) {
    return { may: 'nothing', why: 'A recorder lost sound a moment ago.' };
  }
  if (loadPerCore > MOST_LOAD) {
    const load = loadPerCore.toFixed(1);
    return { may: 'wanted', why: `The machine has too much to do (${load} programs per core).` };
  }
  return { may: 'everything', why: '' };
}
