/** The file that is sent, and what is known of it. */
export interface EncodedFile {
  /** Absolute. */
  readonly path: string;
  readonly extension: '.flac' | '.wav';
  readonly sizeBytes: number;
  /** By rclone's names, in lower-case hexadecimal characters; `sha256` is always there. */
  readonly hashes: Readonly<Record<string, string>> & { readonly sha256: string };
  /** Of the recording's file that it was made of. */
  readonly sourceSha256: string;
  /** What is to be said of it in one English sentence; empty: nothing. */
  readonly remark: string;
}

/** What is to be encoded. */
export interface EncodingOrder {
  readonly recordingId: number;
  /** Absolute. */
  readonly from: string;
  readonly sizeBytes: number;
  readonly sampleRateHz: number;
  readonly bitsPerSample: number;
  /** As recorded; null: not known. */
  readonly sha256: string | null;
  /** An encoder failed at it before: it is sent as it is. */
  readonly asItIs: boolean;
}
