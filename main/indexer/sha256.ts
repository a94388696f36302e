import type { SignalHealth } from '@shared/model/recorder';
import { OrderThread } from '../process/order-thread';
import type { SampleLayout } from './signal-meter';

/** Where the samples of a file lie. */
export interface SampleArea extends SampleLayout {
  /** Of the first sample in the file. */
  readonly offset: number;
  readonly bytes: number;
}

export interface HashOrder {
  readonly id: number;
  readonly path: string;
  /** null: the hash only. */
  readonly area: SampleArea | null;
  /** Other hashes that are computed in passing, e.g. `md5`. */
  readonly also: readonly string[];
}

export type HashAnswer =
  { readonly id: number; readonly error: string } | ({ readonly id: number } & FileDigest);

export interface FileDigest {
  /** 64 lower-case hexadecimal characters. */
  readonly sha256: string;
  /** null: not asked for, or no whole frame. */
  readonly signal: SignalHealth | null;
  /** By their names. */
  readonly others: Readonly<Record<string, string>>;
}

/** Computes SHA-256 of whole files off the main thread, one after the other; measures what they sound like in passing. */
export class Sha256 {
  readonly #thread: OrderThread<Omit<HashOrder, 'id'>, HashAnswer>;

  /** @param workerUrl the built or source `sha256-worker` */
  constructor(workerUrl: URL) {
    this.#thread = new OrderThread({ workerUrl, ended: 'the hash worker ended' });
  }

  /**
   * Reads a file once.
   * @param also names of other hashes that are wanted, e.g. `md5`
   * @throws Error when the file cannot be read, or the worker died
   */
  async digest(
    path: string,
    area: SampleArea | null,
    also: readonly string[] = [],
  ): Promise<FileDigest> {
    const answer = await this.#thread.ask({ path, area, also });
    if ('error' in answer) throw new Error(answer.error);
    const { sha256, signal, others } = answer;
    return { sha256, signal, others };
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
