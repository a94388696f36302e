import type { Clock } from '../../clock/clock';
import type { Logger } from '../../logging/logger';
import type { Attempt } from './upload-ledger';

/** So long after the start each upload is told by itself; then they are summed up, as often. */
const DETAIL_MS = 300_000;

interface Sum {
  uploaded: number;
  failed: number;
  bytes: number;
}

/** Tells of uploads in the log: one by one at first, so that a technician sees it work, then in sums. */
export class UploadStats {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #startedMs: number;
  #sinceMs: number;
  readonly #life: Sum = { uploaded: 0, failed: 0, bytes: 0 };
  #span: Sum = { uploaded: 0, failed: 0, bytes: 0 };

  constructor(options: { clock: Clock; logger: Logger }) {
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#startedMs = options.clock.monotonicMs();
    this.#sinceMs = this.#startedMs;
  }

  get life(): Readonly<Sum> {
    return this.#life;
  }

  add(attempt: Attempt): void {
    const { kind, recordingId, slug: remote, path, durationMs, message } = attempt;
    const bytes = kind === 'verified' ? attempt.object.sizeBytes : 0;
    for (const sum of [this.#life, this.#span]) {
      sum[kind === 'verified' ? 'uploaded' : 'failed'] += 1;
      sum.bytes += bytes;
    }
    if (this.#clock.monotonicMs() - this.#startedMs >= DETAIL_MS) return;
    const told = { recording: recordingId, remote, path, durationMs };
    if (kind === 'verified') {
      this.#logger.info('upload.completed', 'A recording was uploaded and read back.', {
        ...told,
        bytes,
        verifiedBy: attempt.verifiedBy,
        ...(message === '' ? {} : { message }),
      });
    } else {
      this.#logger.warn('upload.failed', 'A recording could not be uploaded.', {
        ...told,
        code: attempt.code,
        message,
      });
    }
  }

  /** Sums up when it is time. */
  tick(): void {
    const nowMs = this.#clock.monotonicMs();
    if (nowMs - this.#sinceMs < DETAIL_MS) return;
    const seconds = Math.round((nowMs - this.#sinceMs) / 1000);
    const span = this.#span;
    this.#sinceMs = nowMs;
    this.#span = { uploaded: 0, failed: 0, bytes: 0 };
    if (span.uploaded + span.failed === 0) return;
    this.#logger.info('upload.summary', 'Recordings were uploaded.', { ...span, seconds });
  }

  /** At the end. */
  finish(): void {
    const seconds = Math.round((this.#clock.monotonicMs() - this.#startedMs) / 1000);
    this.#logger.info('upload.final_summary', 'This is what was uploaded since the start.', {
      ...this.#life,
      seconds,
    });
  }
}
