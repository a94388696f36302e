import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Clock } from '../clock/clock';
import { toInstant } from '@shared/model/time';
import { Nudge } from '../clock/nudge';
import { messageOf } from '../error-message';
import type { Logger } from '../logging/logger';
import { type Claim, type InBinPlace, type JobQueue, LEASE_MS } from './job-queue';
import type { Permission } from './permission';
import { FAILING_AFTER, restAfter, retryAfter } from './retry-policy';
import type { AnalysisWorker, Outcome } from './worker';

export interface LaneOptions {
  readonly workers: readonly AnalysisWorker[];
  readonly queue: JobQueue;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly permission: () => Permission;
  /** One job ended, well or not. */
  readonly onEnded: (claim: Claim, ended: 'done' | 'skipped' | 'failed') => void;
  /** A worker failed at several recordings in a row, or (null) does so no more. */
  readonly onFailing: (worker: string, problem: string | null) => void;
}

/** How a worker fared since the lane was made. */
export interface Fared {
  readonly done: number;
  readonly lastError: {
    readonly atMs: number;
    readonly recordingId: number;
    readonly detail: string;
  } | null;
  /** Failures since the last success. */
  readonly inARow: number;
}

interface Account {
  done: number;
  lastError: Fared['lastError'];
  inARow: number;
  restUntilMs: number;
}

/** Events bring new recordings; this finds what they missed, and what waited for its time. */
const IDLE_MS = 5_000;
const RENEW_MS = LEASE_MS / 3;
const RESTORED_EVERY_MS = 60_000;
const BETWEEN_LOOKS_MS = 25;
const STUMBLE_MS = 1_000;
const MOST_DETAIL = 500;

/** Does the work of some workers one job after the other. Never two at a time; outlives any one error. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  readonly #records = new Map<string, Account>();
  #loop: Promise<void> | null = null;
  #working: Claim | null = null;
  #lastRestoredMs = -Infinity;
  /** How far the look for what left the bin has got, by worker; those that are through with it are not there. */
  readonly #inBin = new Map<string, InBinPlace | null>();
  #problem: string | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#nudge = new Nudge(options.clock);
    for (const { name } of options.workers) {
      this.#records.set(name, { done: 0, lastError: null, inARow: 0, restUntilMs: -Infinity });
    }
  }

  /** What it works on. */
  get working(): Claim | null {
    return this.#working;
  }

  /** Why the loop itself stumbled; null: it did not. */
  get problem(): string | null {
    return this.#problem;
  }

  fared(worker: string): Fared {
    return this.#record(worker);
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** What is under way is broken off, and given back. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
  }

  nudge(): void {
    this.#nudge.nudge();
  }

  /** Whatever made a worker fail may be gone: it need not rest. */
  forgive(worker: string): void {
    const record = this.#record(worker);
    record.inARow = 0;
    record.restUntilMs = -Infinity;
    this.#options.onFailing(worker, null);
    this.#nudge.nudge();
  }

  #record(worker: string): Account {
    const record = this.#records.get(worker);
    if (record === undefined) throw new RangeError(`"${worker}" works in another lane`);
    return record;
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    const { clock, logger } = this.#options;
    while (!signal.aborted) {
      try {
        const worked = await this.#turn(signal);
        await nextTurn(); // also where a job took no time at all
        this.#problem = null;
        if (!worked) await this.#nudge.wait(IDLE_MS, signal);
      } catch (error) {
        this.#problem = messageOf(error);
        logger.error('analysis.stumbled', 'Analysis could not go on; it is tried again.', {
          error,
        });
        await clock.sleep(STUMBLE_MS, signal);
      }
    }
  }

  /** @returns whether there may be more to do at once */
  async #turn(signal: AbortSignal): Promise<boolean> {
    const { queue, clock, permission, workers } = this.#options;
    const { may } = permission();
    if (may === 'nothing') return false;
    const nowMs = clock.wallMs();
    const rested = workers.filter(
      ({ name }) => this.#record(name).restUntilMs <= clock.monotonicMs(),
    );
    const inTurn = may === 'everything' ? rested.filter((worker) => worker.enabled()) : [];
    const looked = this.#refill(inTurn, nowMs);
    const claim =
      queue.claim(
        workers.map(({ name }) => name),
        'wanted',
        nowMs,
      ) ??
      queue.claim(
        inTurn.map(({ name }) => name),
        'any',
        nowMs,
      );
    if (claim === null) {
      // A season that is not here any more is passed over, and nobody held up for it.
      if (looked) await clock.sleep(BETWEEN_LOOKS_MS, signal);
      return looked;
    }
    const worker = workers.find(({ name }) => name === claim.worker);
    if (worker === undefined) return false;
    await this.#work(worker, claim, signal);
    return true;
  }

  #refill(workers: readonly AnalysisWorker[], nowMs: number): boolean {
    const { queue, clock } = this.#options;
    const isDue = clock.monotonicMs() - this.#lastRestoredMs >= RESTORED_EVERY_MS;
    if (isDue) {
      this.#lastRestoredMs = clock.monotonicMs();
      // A look that is under way goes on where it is.
      for (const { name } of workers) if (!this.#inBin.has(name)) this.#inBin.set(name, null);
    }
    let looked = this.#lookIntoBin(workers);
    for (const worker of workers) {
      looked = queue.refill(worker.name, worker.version(), worker.oldestMs(), nowMs) || looked;
    }
    return looked;
  }

  /** @returns whether there is more to look at */
  #lookIntoBin(workers: readonly AnalysisWorker[]): boolean {
    let isMore = false;
    for (const { name } of workers) {
      const after = this.#inBin.get(name);
      if (after === undefined) continue;
      const next = this.#options.queue.takeUpRestored(name, after);
      if (next === null) this.#inBin.delete(name);
      else this.#inBin.set(name, next);
      isMore ||= next !== null;
    }
    return isMore;
  }

  async #work(worker: AnalysisWorker, claim: Claim, signal: AbortSignal): Promise<void> {
    const { queue } = this.#options;
    const version = worker.version();
    const done = new AbortController();
    const renewing = this.#keepClaim(claim, done.signal);
    this.#working = claim;
    try {
      const outcome = await worker.analyse(claim.recording, claim.wanted, signal);
      await this.#succeeded(claim, version, outcome);
    } catch (error) {
      if (signal.aborted) queue.release(claim);
      else this.#failed(claim, version, messageOf(error).slice(0, MOST_DETAIL));
    } finally {
      this.#working = null;
      done.abort();
      await renewing;
    }
  }

  /** So that a long recording is not taken by another one meanwhile. */
  async #keepClaim(claim: Claim, done: AbortSignal): Promise<void> {
    const { queue, clock, logger } = this.#options;
    while (await clock.sleep(RENEW_MS, done)) {
      try {
        queue.renew(claim, clock.wallMs());
      } catch (error) {
        logger.warn('analysis.renew_failed', 'A claim could not be renewed.', { error });
      }
    }
  }

  async #succeeded(claim: Claim, version: string, outcome: Outcome): Promise<void> {
    const { state, detail, write, abandon } = outcome;
    const { queue, clock, onEnded, onFailing } = this.#options;
    const at = toInstant(clock.wallMs());
    if (!queue.finish(claim, { state, version, at, detail }, write)) {
      await abandon?.();
      return;
    }
    const record = this.#record(claim.worker);
    record.done += 1;
    // What was skipped says nothing about the worker.
    if (state === 'done') {
      record.inARow = 0;
      record.restUntilMs = -Infinity;
      onFailing(claim.worker, null);
    }
    onEnded(claim, state);
  }

  #failed(claim: Claim, version: string, detail: string): void {
    const { queue, clock, logger, onEnded, onFailing } = this.#options;
    const { worker, recording, attempts } = claim;
    const atMs = clock.wallMs();
    const waitMs = retryAfter(attempts + 1);
    const retryAtMs = waitMs === null ? null : atMs + waitMs;
    queue.fail(claim, { state: 'failed', version, at: toInstant(atMs), detail }, retryAtMs);
    const record = this.#record(worker);
    record.lastError = { atMs, recordingId: recording.id, detail };
    record.inARow += 1;
    record.restUntilMs = clock.monotonicMs() + restAfter(record.inARow);
    logger.warn('analysis.failed', 'A recording could not be analysed.', {
      worker,
      recording: recording.id,
      attempt: attempts + 1,
      detail,
    });
    if (record.inARow >= FAILING_AFTER) onFailing(worker, detail);
    onEnded(claim, 'failed');
  }
}
