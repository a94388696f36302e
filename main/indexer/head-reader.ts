import { OrderThread } from '../process/order-thread';
import { HEAD_BYTES, type HeadAnswer, type HeadOrder } from './head-order';

/** The first bytes of a file; or why they cannot be read now; null: there is no such plain file. */
export type Head =
  { readonly fileBytes: number; readonly head: Buffer } | { readonly problem: string } | null;

/** Reads the beginnings of many files off the main thread. */
export class HeadReader {
  readonly #thread: OrderThread<Omit<HeadOrder, 'id'>, HeadAnswer>;

  /** @param workerUrl the built or source `head-worker` */
  constructor(workerUrl: URL) {
    this.#thread = new OrderThread({ workerUrl, ended: 'the thread that reads headers ended' });
  }

  /**
   * In the order of the paths.
   * @throws Error when the worker died
   */
  async read(paths: readonly string[]): Promise<Head[]> {
    const answer = await this.#thread.ask({ paths });
    const bytes = Buffer.from(answer.bytes);
    return answer.heads.map((head, i) => {
      if (head === null || 'problem' in head) return head;
      const from = i * HEAD_BYTES;
      return { fileBytes: head.fileBytes, head: bytes.subarray(from, from + head.headBytes) };
    });
  }

  close(): Promise<void> {
    return this.#thread.close();
  }
}
