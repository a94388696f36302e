import type { Capabilities, CloudErrorCode } from '@shared/model/remote';

/** Something with a remote went wrong; `code` says what, `message` in whose words, without secrets. */
export class CloudError extends Error {
  readonly code: CloudErrorCode;
  /** It asked to be left alone for so long. Milliseconds; null: it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    code: CloudErrorCode,
    message: string,
    options: ErrorOptions & { readonly retryAfterMs?: number | null } = {},
  ) {
    super(message, options);
    this.name = 'CloudError';
    this.code = code;
    this.retryAfterMs = options.retryAfterMs ?? null;
  }
}

export interface RemoteObject {
  /** Relative to the base path of the remote, `/`-separated. */
  readonly path: string;
  readonly sizeBytes: number;
  /**
   * By rclone's names, of what the remote really has: what it only repeats after us is left out. Empty where it has none.
   */
  readonly hashes: Readonly<Record<string, string>>;
  readonly remoteId: string | null;
  readonly modifiedAtMs: number | null;
}

export interface TransferOptions {
  readonly signal: AbortSignal;
  /** rclone's notation, e.g. `1M`; null = unlimited. */
  readonly bandwidthLimit?: string | null;
  /** Bytes so far. */
  readonly onProgress?: (bytes: number) => void;
}

/**
 * What the station asks of a place in the cloud. Paths are relative to the base path of the remote, `/`-separated. Every
 * method throws CloudError, and AbortError when its signal is aborted.
 */
export interface CloudProvider {
  /** Connects and lists the base path, which need not exist. */
  check(signal: AbortSignal): Promise<void>;
  capabilities(signal: AbortSignal): Promise<Omit<Capabilities, 'checkedAt'>>;
  /** Copies a file over whatever is there. @returns what the remote says it has, read after the last byte */
  upload(localFile: string, path: string, options: TransferOptions): Promise<RemoteObject>;
  /** null: there is no such object. */
  stat(path: string, signal: AbortSignal): Promise<RemoteObject | null>;
  /**
   * Everything below a folder, as it comes; nothing where there is no such folder. Hashes only where they come with the
   * listing: elsewhere each would be a request of its own.
   */
  list(folder: string, signal: AbortSignal): AsyncIterable<RemoteObject>;
  /** Into a file that does not exist yet, and on the disk when it returns. After a failure nothing is left of it. */
  download(path: string, toFile: string, options: TransferOptions): Promise<void>;
  /** Some bytes of an object; fewer where it ends before. */
  read(path: string, offset: number, count: number, signal: AbortSignal): Promise<Buffer>;
  /** Nothing there is no error. */
  remove(path: string, signal: AbortSignal): Promise<void>;
  /** Bytes; null where it does not tell. */
  storage(
    signal: AbortSignal,
  ): Promise<{ total: number | null; used: number | null; free: number | null } | null>;
  /** Lets go of what it holds: whatever is under way fails. It may be used again afterwards. */
  close(): Promise<void>;
}
