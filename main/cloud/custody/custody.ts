import type { Custody as CustodyOfRecording, Reconciliation } from '@shared/model/custody';
import type { Connection } from '../../database/connection';
import { messageOf } from '../../error-message';
import type { Logger } from '../../logging/logger';
import type { Service, ServiceStatus } from '../../service';
import { custodyOf } from './custody-of';
import type { Fetcher } from './fetcher';
import type { Reconciler } from './reconciler';

export interface CustodyOptions {
  readonly connection: Connection;
  readonly logger: Logger;
  readonly fetcher: Fetcher;
  readonly reconciler: Reconciler;
  /** Ends what computes hashes. */
  readonly closeDigest: () => Promise<void>;
}

/** Knows where each recording is, brings one back, and looks whether remotes still have what they were given. */
export class Custody implements Service {
  readonly name = 'custody';
  readonly #options: CustodyOptions;
  #state: ServiceStatus['state'] = 'starting';
  #problem = '';

  constructor(options: CustodyOptions) {
    this.#options = options;
  }

  async start(): Promise<void> {
    if (this.#state !== 'starting') return;
    this.#state = 'ok';
    try {
      await this.#options.fetcher.tidy();
    } catch (error) {
      // What was left there takes room, and is in nobody's way.
      this.#state = 'degraded';
      this.#problem = messageOf(error);
      this.#options.logger.warn('custody.untidy', 'What a broken fetch left was not removed.', {
        error,
      });
    }
  }

  /** Also of one that was not started. */
  async stop(): Promise<void> {
    this.#state = 'stopped';
    const { fetcher, reconciler, closeDigest } = this.#options;
    await Promise.all([fetcher.stop(), reconciler.stop()]);
    await closeDigest();
  }

  status(): ServiceStatus {
    return { name: this.name, state: this.#state, details: this.#problem, counters: {} };
  }

  /** @throws NotFoundError */
  get(recordingId: number): CustodyOfRecording {
    return custodyOf(this.#options.connection, recordingId);
  }

  /** @throws NotFoundError; NotAvailableError `no_copy`, `remote`, `no_room`, `data_disk` */
  fetch(recordingId: number, actor: string): Promise<CustodyOfRecording> {
    return this.#options.fetcher.fetch(recordingId, actor);
  }

  /** @throws NotFoundError; ConflictError */
  reconcile(slug: string): Reconciliation {
    return this.#options.reconciler.reconcile(slug);
  }

  /** @throws NotFoundError */
  reconciliation(slug: string): Reconciliation | null {
    return this.#options.reconciler.reconciliation(slug);
  }
}
