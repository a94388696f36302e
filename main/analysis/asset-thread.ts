import { OrderThread } from '../process/order-thread';
import { burdenThread } from '../process/priority';
import { lackOfMemory } from './asset-memory';
import type { AssetAnswer, AssetOrder, AssetWord } from './asset-order';

/**
 * For what the program itself keeps. Sound and pictures lie outside of it and are bounded before they are begun: what
 * outgrows this limit piece by piece ends the thread, but what does so at one stroke would end the process.
 */
const MOST_HEAP_MB = 192;

/**
 * Makes assets in a thread of its own, one after the other: nice 19, idle I/O class. A thread, not a process: it
 * begins within a moment and brings no second runtime into a small machine's memory.
 */
export class AssetThread {
  readonly #thread: OrderThread<AssetOrder, AssetAnswer, AssetWord>;

  /** @param workerUrl the built or source `asset-worker` */
  constructor(workerUrl: URL) {
    this.#thread = new OrderThread({
      workerUrl,
      ended: 'The thread that makes waveforms and pictures ended.',
      worker: { resourceLimits: { maxOldGenerationSizeMb: MOST_HEAP_MB } },
      onWord: ({ thread }) => {
        if (thread !== null) void burdenThread(thread);
      },
    });
  }

  /**
   * Makes one asset; the next order only when this one is answered.
   * @returns bytes of the file
   * @throws Error when it would take too much memory, the sound cannot be read, the file not be written, or the thread
   *   died
   */
  async make(order: AssetOrder): Promise<number> {
    const lack = lackOfMemory(order);
    if (lack !== null) throw new Error(lack);
    const answer = await this.#thread.ask(order);
    if ('error' in answer) throw new Error(answer.error);
    return answer.sizeBytes;
  }

  /** Ends it at once; what it was making is not made. */
  close(): Promise<void> {
    return this.#thread.close();
  }
}
