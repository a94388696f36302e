import type { ImportItemState, TimeSource } from '@shared/model/import';
import type { KeptRoom } from './import-room';

// What the import's worker thread is told to do, and what it answers. One order at a time.

/** What the worker thread is started with. */
export interface WorkerSetUp {
  readonly dataRoot: string;
  /** Program name or path. */
  readonly ffmpeg: string;
  /** One 32-bit number: 1 asks to stop as soon as can be. */
  readonly stop: SharedArrayBuffer;
}

/** A file or folder that the search came upon. */
export interface FoundItem {
  /** See `pathText`. */
  readonly path: string;
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** `waiting`, or what is known of it without looking into it. */
  readonly state: Extract<ImportItemState, 'waiting' | 'refused' | 'failed'>;
  readonly detail: string;
}

export interface TakeRequest {
  readonly path: string;
  /** That which was asked for, and below which it lies. */
  readonly source: string;
  /** What it was when it was found. */
  readonly sizeBytes: number;
  readonly modifiedAtMs: number;
  /** IANA zone of times that carry none. */
  readonly timezone: string;
  /** Nothing can have been recorded after this, UTC milliseconds; null: nobody knows what time it is. */
  readonly latestMs: number | null;
  readonly kept: KeptRoom;
  /** It is likely to be there already: only its hash is asked for, and nothing is written. */
  readonly onlyHash: boolean;
}

export type ImportOrder =
  | { readonly do: 'prepare' }
  | { readonly do: 'find'; readonly sources: readonly string[] }
  | ({ readonly do: 'take' } & TakeRequest)
  | { readonly do: 'settle'; readonly files: readonly KeptFile[] }
  | { readonly do: 'place'; readonly files: readonly KeptFile[] }
  | { readonly do: 'look'; readonly files: readonly ExpectedFile[] }
  | { readonly do: 'drop'; readonly copies: readonly string[] };

/** A copy that gets its place, with its sidecar beside it. */
export interface KeptFile {
  readonly copy: string;
  readonly id: string;
  readonly sidecar: string;
}

/** A file that a row tells of. */
export interface ExpectedFile {
  /** Relative to the data folder. */
  readonly path: string;
  /** null: nobody knows. */
  readonly sizeBytes: number | null;
}

/** A source that has been copied and waits to be kept or dropped. */
export interface TakenFile {
  readonly kind: 'copied';
  /** Absolute. */
  readonly copy: string;
  readonly sourceSizeBytes: number;
  readonly sourceModifiedMs: number;
  readonly sourceSha256: string;
  readonly sizeBytes: number;
  readonly sha256: string;
  readonly audioSha256: string | null;
  readonly sampleRateHz: number;
  readonly channels: number;
  readonly bitsPerSample: number;
  readonly frames: number;
  readonly time: {
    readonly utcMs: number;
    readonly source: TimeSource;
    readonly text: string;
    readonly timezone: string | null;
    readonly note: string;
  };
  readonly device: { readonly name: string; readonly displayName: string };
  readonly simulated: boolean;
  readonly recovered: boolean;
  readonly changes: string;
}

export type Taken =
  | TakenFile
  /** As it was asked for. */
  | { readonly kind: 'hashed'; readonly sourceSha256: string }
  /** Not audio that can be used. */
  | { readonly kind: 'refused'; readonly detail: string }
  /** This file could not be read; others may. */
  | { readonly kind: 'failed'; readonly detail: string }
  /** Nothing more can be taken now; this file waits on. */
  | {
      readonly kind: 'halted';
      readonly why: 'no_room' | 'source_gone' | 'data_disk';
      readonly detail: string;
    }
  | { readonly kind: 'stopped' };

/** From the worker thread, while an order is carried out and at its end. */
export type WorkerWord =
  | {
      readonly say: 'found';
      readonly items: readonly FoundItem[];
      readonly listed: readonly string[];
    }
  /** Bytes of the present file that are copied. */
  | { readonly say: 'progress'; readonly bytes: number }
  | { readonly say: 'done'; readonly answer: unknown }
  | { readonly say: 'failed'; readonly message: string; readonly code: string };
