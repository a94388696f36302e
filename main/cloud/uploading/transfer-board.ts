import type { Transfer } from '@shared/model/upload';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../../clock/clock';
import { Mailbox } from '../../events/mailbox';

/** Readers are told no more often. Milliseconds. */
const SHORTEST_MS = 100;

type Stage = Transfer['stage'];

interface Moving {
  readonly remote: string;
  readonly recordingId: number;
  readonly direction: Transfer['direction'];
  readonly sinceMs: number;
  stage: Stage;
  stageSinceMs: number;
  bytes: number;
  totalBytes: number;
}

/** One transfer under way. */
export interface Movement {
  stage(stage: Stage, totalBytes?: number): void;
  progress(bytes: number): void;
  end(): void;
}

/** What moves just now, for whoever watches; nothing is spent while nobody does. */
export class TransferBoard {
  readonly #clock: Clock;
  readonly #moving = new Set<Moving>();
  readonly #readers = new Set<Mailbox<true>>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(
    remote: string,
    recordingId: number,
    totalBytes: number,
    direction: Transfer['direction'] = 'up',
  ): Movement {
    const moving: Moving = {
      remote,
      recordingId,
      direction,
      sinceMs: this.#clock.wallMs(),
      stage: direction === 'up' ? 'encoding' : 'sending',
      stageSinceMs: this.#clock.monotonicMs(),
      bytes: 0,
      totalBytes,
    };
    this.#moving.add(moving);
    this.#tell();
    return {
      stage: (stage, bytes) => {
        moving.stage = stage;
        moving.stageSinceMs = this.#clock.monotonicMs();
        moving.totalBytes = bytes ?? moving.totalBytes;
        this.#tell();
      },
      progress: (bytes) => {
        moving.bytes = bytes;
        this.#tell();
      },
      end: () => {
        this.#moving.delete(moving);
        this.#tell();
      },
    };
  }

  list(): Transfer[] {
    return [...this.#moving].map((moving) => {
      const { remote, recordingId, direction, stage, bytes, totalBytes, sinceMs } = moving;
      const elapsedMs = this.#clock.monotonicMs() - moving.stageSinceMs;
      return {
        remote,
        recordingId,
        direction,
        stage,
        bytes,
        totalBytes,
        bytesPerS: stage === 'sending' && elapsedMs > 0 ? (bytes * 1000) / elapsedMs : 0,
        since: toInstant(sinceMs),
      };
    });
  }

  /** What moves now, and then whenever that changes, at most ten times a second. */
  async *watch(signal: AbortSignal): AsyncGenerator<Transfer[], void> {
    const mailbox = new Mailbox<true>(1);
    this.#readers.add(mailbox);
    try {
      for (;;) {
        yield this.list();
        if (!(await this.#clock.sleep(SHORTEST_MS, signal))) return;
        if ((await mailbox.next(signal)) === undefined) return;
      }
    } finally {
      this.#readers.delete(mailbox);
    }
  }

  #tell(): void {
    for (const reader of this.#readers) reader.put(true);
  }
}
