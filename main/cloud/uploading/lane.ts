import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { CloudFailure, Remote } from '@shared/model/remote';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../../clock/clock';
import { Nudge } from '../../clock/nudge';
import { messageOf } from '../../error-message';
import type { Logger } from '../../logging/logger';
import { CloudError } from '../provider';
import { NoRoomError } from './encode-recording';
import type { EncodedFile, EncodingOrder } from './encoded-file';
import type { Encoder, Lease } from './encoder';
import { afterFailure, concernsRemote, type FailureVerdict } from './failure-policy';
import { type Gate, gateOf } from './lane-gate';
import type { RemoteSource, UploadRemote } from './remote-source';
import { sendFile } from './send-file';
import type { TransferBoard } from './transfer-board';
import { TransferPace } from './transfer-pace';
import type { UploadHours } from './upload-hours';
import type { StoredObject, UploadLedger } from './upload-ledger';
import { withExtension } from './upload-path';
import type { UploadQueue, UploadSource, WaitingUpload } from './upload-queue';

/** What holds for all remotes, as the settings and the machine have it now. */
export interface LaneConditions {
  readonly syncEnabled: boolean;
  readonly inTurn: boolean;
  /** The remote's own hours, or the station's. */
  readonly hours: UploadHours;
  /** The remote's own limit, or the station's. */
  readonly bandwidthLimit: string | null;
  /** Why uploading stands back behind recording; empty: it need not. */
  readonly standsBack: string;
  /** Milliseconds. */
  readonly pollMs: number;
}

export interface LaneOptions {
  readonly slug: string;
  readonly source: RemoteSource;
  readonly queue: UploadQueue;
  readonly ledger: UploadLedger;
  readonly encoder: Encoder;
  readonly board: TransferBoard;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly conditions: (remote: UploadRemote) => LaneConditions;
  readonly onSucceeded: (remote: UploadRemote) => void;
  readonly onFailed: (remote: UploadRemote, failure: CloudFailure, verdict: FailureVerdict) => void;
  /** It is in another state. */
  readonly onState: () => void;
  /** The data folder. */
  readonly dataRoot: string;
  /** 0 … 1 */
  readonly random: () => number;
}

/** How a remote stands. */
export interface LaneStatus {
  readonly state: Remote['state'];
  /** UTC milliseconds. */
  readonly sinceMs: number;
  readonly untilMs: number | null;
  readonly detail: string;
  readonly bytesPerS: number;
  readonly lastUploadAtMs: number | null;
  readonly lastFailure: CloudFailure | null;
}

/** It is left alone for a while. */
interface Rest {
  readonly state: 'offline' | 'resting';
  readonly untilMonotonicMs: number;
  readonly why: string;
}

/** Sent at the same time: servers take their time to say yes, and others can be sent meanwhile. */
const AT_ONCE = 4;
/** Encoded ahead of those. */
const AHEAD = 6;
/** Whether it may still be sent is looked at so often while something is. */
const LOOK_MS = 1_000;
const STUMBLE_MS = 5_000;
const NO_ROOM_MS = 60_000;
/** A full remote is tried with one recording, so often. */
const FULL_MS = 1_800_000;
const MOST_DETAIL = 500;

/** Sends recordings to one remote, a few at a time, the oldest first. Outlives any one error. */
export class Lane {
  readonly #options: LaneOptions;
  readonly #nudge: Nudge;
  readonly #stopping = new AbortController();
  readonly #pace: TransferPace;
  /** Taken, and not begun. */
  #upcoming: WaitingUpload[] = [];
  /** Begun, and what became of it not written down yet. */
  readonly #running = new Map<number, Promise<void>>();
  /** Of those: on their way. */
  #sending = 0;
  /** Ends what is being sent: something came between. */
  #batch = new AbortController();
  #loop: Promise<void> | null = null;
  #gate: Gate = { state: 'off', untilMs: null, detail: '' };
  #shown: Remote['state'] = 'off';
  #sinceMs: number;
  #rest: Rest | null = null;
  #inARow = 0;
  #refusedInARow = 0;
  /** Monotonic; what began before it failed together with it. */
  #lastFailureMs = -Infinity;
  #lastFullMs: number | null = null;
  /** It is full, and it is being seen whether it still is. */
  #looksIfFull = false;
  #lastUploadAtMs: number | null = null;
  #lastFailure: CloudFailure | null = null;

  constructor(options: LaneOptions) {
    this.#options = options;
    this.#nudge = new Nudge(options.clock);
    this.#pace = new TransferPace(options.clock);
    this.#sinceMs = options.clock.wallMs();
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** What is being sent is broken off, and waits on. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    this.#batch.abort();
    this.#nudge.nudge();
    await this.#loop;
    this.#loop = null;
  }

  nudge(): void {
    this.#nudge.nudge();
  }

  /** Whatever made it fail may be mended: it need not rest. */
  forgive(): void {
    this.#rest = null;
    this.#inARow = 0;
    this.#refusedInARow = 0;
    this.#lastFullMs = null;
    this.#nudge.nudge();
  }

  /** It sends, and this recording waits for it: soon, most likely. */
  awaits(recordingId: number): boolean {
    const { queue, slug } = this.#options;
    // Begun already, it has what it needs.
    if (this.#gate.state !== null || this.#running.has(recordingId)) return false;
    return queue.isWaiting(slug, recordingId);
  }

  status(): LaneStatus {
    const { untilMs, detail } = this.#gate;
    return {
      state: this.#shown,
      sinceMs: this.#sinceMs,
      untilMs,
      detail,
      bytesPerS: this.#pace.bytesPerS(),
      lastUploadAtMs: this.#lastUploadAtMs,
      lastFailure: this.#lastFailure,
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#stopping;
    const { clock, logger, slug } = this.#options;
    while (!signal.aborted) {
      try {
        const waitMs = this.#turn();
        this.#show();
        if (waitMs > 0) await this.#nudge.wait(waitMs, signal);
        else await nextTurn();
      } catch (error) {
        logger.error('upload.stumbled', 'Uploading could not go on; it is tried again.', {
          remote: slug,
          error,
        });
        await clock.sleep(STUMBLE_MS, signal);
      }
    }
    this.#breakOff();
    this.#options.ledger.flush();
    await Promise.all(this.#running.values());
  }

  /** @returns how long there is nothing to do, milliseconds; 0: there may be more at once */
  #turn(): number {
    const { clock, source, slug, conditions } = this.#options;
    const remote = source.list().find((one) => one.slug === slug);
    if (remote === undefined) {
      this.#gate = { state: 'off', untilMs: null, detail: '' };
      this.#breakOff();
      return LOOK_MS;
    }
    const nowMs = clock.monotonicMs();
    if (this.#rest !== null && this.#rest.untilMonotonicMs <= nowMs) this.#rest = null;
    const now = conditions(remote);
    const looksAgain = this.#looksAgain(remote, nowMs);
    this.#gate = gateOf({
      ...now,
      stoppedFor: remote.stoppedFor,
      looksAgain,
      rest:
        this.#rest === null
          ? null
          : {
              state: this.#rest.state,
              untilMs: Math.round(clock.wallMs() + this.#rest.untilMonotonicMs - nowMs),
              why: this.#rest.why,
            },
    });
    if (this.#gate.state !== null) {
      // Those that are on their way while the remote is left alone may arrive; nothing else is worth the wait.
      if (this.#rest !== null && this.#gate.state === this.#rest.state) this.#letGo();
      else this.#breakOff();
      const restMs = (this.#rest?.untilMonotonicMs ?? Infinity) - nowMs;
      return Math.max(1, Math.min(now.pollMs, restMs));
    }
    const isProbe = looksAgain || this.#inARow > 0;
    const atOnce = isProbe || now.bandwidthLimit !== null ? 1 : AT_ONCE;
    // Else a few that nobody takes would be tried again and again, and hold up all others.
    const first = this.#inARow > 0 ? 'unfailed' : 'oldest';
    return this.#fill(remote, { atOnce, first }, now);
  }

  #looksAgain({ stoppedFor, stoppedAtMs }: UploadRemote, nowMs: number): boolean {
    const { clock } = this.#options;
    // Since this console knows of it; or since it was found, where that was before.
    const since = this.#lastFullMs ?? nowMs - Math.max(0, clock.wallMs() - (stoppedAtMs ?? 0));
    this.#looksIfFull = stoppedFor === 'full' && (this.#looksIfFull || nowMs - since >= FULL_MS);
    return this.#looksIfFull;
  }

  #fill(
    remote: UploadRemote,
    { atOnce, first }: { readonly atOnce: number; readonly first: 'oldest' | 'unfailed' },
    { bandwidthLimit, pollMs }: LaneConditions,
  ): number {
    const { slug, queue, clock } = this.#options;
    let settlesInMs: number | null = null;
    let isMore = false;
    const wanted = atOnce + AHEAD - this.#upcoming.length;
    if (this.#upcoming.length < AHEAD) {
      const refilled = queue.refill(slug, clock.wallMs());
      settlesInMs = refilled.settlesInMs;
      isMore = refilled.more;
      const known = new Set([...this.#running.keys(), ...this.#upcoming.map(idOf)]);
      for (const taken of queue.take(slug, known, wanted, clock.wallMs(), first)) {
        if (taken.kind === 'passed_over') {
          isMore = true;
          continue;
        }
        this.#upcoming.push(taken.upload);
        this.#options.encoder.foresee(this.#orderOf(taken.upload));
      }
    }
    while (this.#sending < atOnce) {
      const next = this.#upcoming.shift();
      if (next === undefined) break;
      this.#begin(remote, next, bandwidthLimit);
    }
    if (this.#running.size > 0) return LOOK_MS;
    return isMore ? 0 : Math.min(pollMs, settlesInMs ?? pollMs);
  }

  #begin(remote: UploadRemote, upload: WaitingUpload, bandwidthLimit: string | null): void {
    const { recordingId } = upload;
    const { signal } = this.#batch;
    this.#sending += 1;
    const transfer = this.#transfer(remote, upload, bandwidthLimit, signal)
      .catch((error: unknown) => {
        // The database, most likely: nothing is lost, it is sent again and found to be there.
        const { logger, slug } = this.#options;
        logger.error('upload.not_written', 'What became of an upload could not be written down.', {
          remote: slug,
          recording: recordingId,
          error,
        });
        this.#restFor('resting', STUMBLE_MS, 'The database takes nothing just now.');
      })
      .finally(() => {
        this.#running.delete(recordingId);
        this.#nudge.nudge();
      });
    this.#running.set(recordingId, transfer);
  }

  async #transfer(
    remote: UploadRemote,
    upload: WaitingUpload,
    bandwidthLimit: string | null,
    signal: AbortSignal,
  ): Promise<void> {
    const { slug, encoder, board, clock, source, ledger } = this.#options;
    const { recordingId } = upload;
    const sent = this.#onItsWay();
    const begunMs = clock.monotonicMs();
    const movement = board.begin(slug, recordingId, upload.source.sizeBytes);
    let [atMs, sentMs] = [clock.wallMs(), begunMs];
    let stored: StoredObject | null = null;
    let lease: Lease | null = null;
    try {
      lease = await encoder.lease(this.#orderOf(upload), signal);
      const { file } = lease;
      const path = withExtension(upload.path, file.extension);
      const provider = await source.provider(slug);
      [atMs, sentMs] = [clock.wallMs(), clock.monotonicMs()];
      const { object, verifiedBy, hash, wasThere } = await sendFile({
        provider,
        file,
        path,
        mayBeThere: upload.mayBeThere,
        bandwidthLimit,
        signal,
        onStage: (stage) => {
          movement.stage(stage, file.sizeBytes);
        },
        onProgress: (bytes) => {
          movement.progress(bytes);
        },
        onStored: ({ remoteId }) => {
          stored = storedObject(path, file, remoteId);
        },
      });
      // Another one may be sent while this is written down.
      lease.release();
      movement.end();
      sent();
      this.#succeeded(remote, wasThere ? 0 : file.sizeBytes);
      const words = [wasThere ? 'It was there already.' : '', file.remark];
      await ledger.write({
        kind: 'verified',
        recordingId,
        slug,
        path,
        atMs,
        durationMs: Math.round(clock.monotonicMs() - sentMs),
        message: words.filter((one) => one !== '').join(' '),
        object: storedObject(path, file, object.remoteId),
        verifiedBy,
        hash,
      });
    } catch (error) {
      if (signal.aborted) return; // it waits on, untouched
      if (error instanceof NoRoomError) {
        this.#restFor('resting', NO_ROOM_MS, sentence(error.message));
        return;
      }
      const failure = asCloudError(error);
      if (failure === null) throw error;
      await this.#failed(remote, upload, failure, {
        begunMs,
        atMs,
        durationMs: Math.round(clock.monotonicMs() - sentMs),
        sizeBytes: lease?.file.sizeBytes ?? null,
        path: lease === null ? upload.path : withExtension(upload.path, lease.file.extension),
        stored,
      });
    } finally {
      lease?.release();
      movement.end();
      sent();
    }
  }

  /** @returns what ends that; safe to call twice */
  #onItsWay(): () => void {
    let isOver = false;
    return () => {
      if (isOver) return;
      isOver = true;
      this.#sending -= 1;
      this.#nudge.nudge();
    };
  }

  #succeeded(remote: UploadRemote, bytes: number): void {
    const { clock, source, slug, onSucceeded } = this.#options;
    this.#inARow = 0;
    this.#refusedInARow = 0;
    this.#rest = null;
    this.#lastUploadAtMs = clock.wallMs();
    this.#pace.add(bytes);
    if (remote.stoppedFor === 'full') source.resume(slug);
    onSucceeded(remote);
  }

  async #failed(
    remote: UploadRemote,
    upload: WaitingUpload,
    error: CloudError,
    attempt: {
      readonly begunMs: number;
      readonly atMs: number;
      readonly durationMs: number;
      readonly sizeBytes: number | null;
      readonly path: string;
      readonly stored: StoredObject | null;
    },
  ): Promise<void> {
    const { clock, ledger, slug, source, onFailed, queue } = this.#options;
    const { code, retryAfterMs } = error;
    const { recordingId } = upload;
    if (code === 'LOCAL_MISSING' && this.#isElsewhere(upload, queue.source(recordingId))) return;
    const nowMs = clock.monotonicMs();
    const isNews = attempt.begunMs >= this.#lastFailureMs;
    if (concernsRemote(code)) {
      if (isNews) this.#inARow += 1;
      if (code !== 'FORBIDDEN') this.#refusedInARow = 0;
      else if (isNews) this.#refusedInARow += 1;
      this.#lastFailureMs = nowMs;
    }
    const verdict = afterFailure({
      code,
      retryAfterMs,
      attempts: upload.attempts + 1,
      inARow: this.#inARow,
      refusedInARow: this.#refusedInARow,
      random: this.#options.random(),
    });
    const detail = sentence(error.message.slice(0, MOST_DETAIL));
    const failure: CloudFailure = { code, detail, at: toInstant(clock.wallMs()) };
    this.#lastFailure = failure;
    if (verdict.restMs > 0 && (isNews || this.#rest === null)) {
      this.#restFor('offline', verdict.restMs, detail);
    }
    if (verdict.stop !== null) {
      if (verdict.stop === 'full') [this.#lastFullMs, this.#looksIfFull] = [nowMs, false];
      source.stop(slug, verdict.stop, failure);
      this.#breakOff();
    }
    onFailed(remote, failure, verdict);
    const { atMs, durationMs, sizeBytes, path, stored } = attempt;
    await ledger.write({
      kind: 'failed',
      recordingId,
      slug,
      path,
      atMs,
      durationMs,
      message: detail,
      code,
      stored,
      sizeBytes,
      counts: verdict.counts,
      retryAtMs: verdict.retryInMs === null ? null : clock.wallMs() + verdict.retryInMs,
    });
  }

  /** Its time was corrected and its file renamed, or the disk with it is away: it failed at nothing. */
  #isElsewhere({ source }: WaitingUpload, now: UploadSource | null): boolean {
    if (now === null || now.localPath !== source.localPath) return true;
    const remote = this.#options.source.list().find(({ slug }) => slug === this.#options.slug);
    return remote !== undefined && this.#options.conditions(remote).standsBack !== '';
  }

  #restFor(state: Rest['state'], ms: number, why: string): void {
    this.#rest = { state, untilMonotonicMs: this.#options.clock.monotonicMs() + ms, why };
    this.#letGo();
  }

  /** What was taken and not begun goes back: who knows what is the oldest when it goes on. */
  #letGo(): void {
    for (const { recordingId } of this.#upcoming) this.#options.encoder.forget(recordingId);
    this.#upcoming = [];
  }

  #breakOff(): void {
    this.#letGo();
    if (this.#running.size === 0) return;
    this.#batch.abort();
    this.#batch = new AbortController();
  }

  #show(): void {
    const shown = this.#gate.state ?? (this.#running.size > 0 ? 'uploading' : 'idle');
    if (shown === this.#shown) return;
    this.#shown = shown;
    this.#sinceMs = this.#options.clock.wallMs();
    this.#options.onState();
  }

  #orderOf({ recordingId, source, asItIs }: WaitingUpload): EncodingOrder {
    const { localPath, sizeBytes, sampleRateHz, bitsPerSample, sha256 } = source;
    return {
      recordingId,
      from: join(this.#options.dataRoot, localPath),
      sizeBytes,
      sampleRateHz,
      bitsPerSample,
      sha256,
      asItIs,
    };
  }
}

function idOf({ recordingId }: WaitingUpload): number {
  return recordingId;
}

function storedObject(path: string, file: EncodedFile, remoteId: string | null): StoredObject {
  const { sizeBytes, hashes, sourceSha256 } = file;
  return { path, sizeBytes, sha256: hashes.sha256, sourceSha256, remoteId };
}

/** null: it is not about a remote, but about this station. */
function asCloudError(error: unknown): CloudError | null {
  if (error instanceof CloudError) return error;
  if (error instanceof Error && error.name === 'SqliteError') return null;
  return new CloudError('UNKNOWN', messageOf(error), { cause: error });
}

function sentence(text: string): string {
  const trimmed = text.trim();
  return /[.!?]$/.test(trimmed) ? trimmed : `${trimmed}.`;
}
