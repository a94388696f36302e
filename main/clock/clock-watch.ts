import { existsSync } from 'node:fs';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../database/connection';
import type { EventBus } from '../events/bus';
import type { PromotedSegment } from '../events/promoted-segment';
import type { RunAnchored } from '../events/run-events';
import type { Logger } from '../logging/logger';
import { InvalidValueError } from '../request-error';
import { loopState, type Service, type ServiceStatus } from '../service';
import type { Clock } from './clock';
import { ClockHistory, type ClockMoment } from './clock-history';
import { type ClockLook, compareLooks, takeLook } from './clock-look';
import { type ClockSync, SYNC_HOLDS_MS, type SyncSource } from './clock-sync';

/** When a sound was captured, on both clocks. */
export interface ClockAnchor {
  readonly wallMs: number;
  readonly monotonicMs: number;
}

/** Everything that is known of the system clock, for alerts and for whoever decides by it. */
export interface ClockFacts {
  /** false: not synchronised, or known to be wrong; null: the system does not tell. */
  readonly synced: boolean | null;
  /** false: it contradicts what is known for certain. */
  readonly plausible: boolean;
  /** Good enough to keep a schedule by. */
  readonly trusted: boolean;
  /** Who told: the system's own services, a person, or what the station has written down. */
  readonly source: SyncSource | 'person' | 'station' | null;
  /** When it was known to be right for the last time since the machine started, UTC milliseconds; null: never. */
  readonly lastSyncedMs: number | null;
  /** One English sentence; empty while there is nothing to say. */
  readonly words: string;
  readonly steps: number;
  readonly lastStep: { readonly stepMs: number; readonly atWallMs: number } | null;
}

export interface ClockWatchOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly sync: ClockSync;
  readonly bootId: () => Promise<string>;
  /** See `readUptimeMs`; null: a suspended machine is not told from a step. */
  readonly uptimeMs: () => number | null;
  /** No clock that is right is before this, UTC milliseconds. */
  readonly notBeforeMs?: number;
  /** A clock that goes on without power? Default: what `/sys/class/rtc` tells. */
  readonly hasRealTimeClock?: () => boolean;
}

/** No station with this software can have run before. */
export const SOFTWARE_NOT_BEFORE_MS = Date.UTC(2026, 0, 1);

const LOOK_MS = 1_000;
/** So far may the clock be set back before it contradicts what was written down. */
const SET_BACK_MS = 60_000;

interface Judgement {
  readonly synced: boolean | null;
  readonly plausible: boolean;
  readonly source: ClockFacts['source'];
  readonly lastSyncedMs: number | null;
}

/**
 * Watches the system clock: is it synchronised, can it be right at all, was it set? Writes down what is needed to
 * correct, later, the times of what was recorded before it was set.
 */
export class ClockWatch implements Service {
  readonly name = 'clock';
  readonly #options: ClockWatchOptions;
  readonly #history: ClockHistory;
  readonly #abort = new AbortController();
  readonly #notBeforeMs: number;
  readonly #rtc: boolean;
  /** The latest time that was ever written down; that, while the clock was known to be synchronised. */
  #seenMs: number;
  #provenMs: number;
  #bootId: string | null = null;
  /** Of this boot, oldest first: when the clock became right, and when the machine was suspended. */
  #settled: ClockAnchor[] = [];
  #suspends: { monotonicMs: number; ms: number }[] = [];
  /** When a person last said that the clock is right; null: not in this boot, or it was set since. */
  #confirmed: ClockAnchor | null = null;
  #before: { look: ClockLook; judgement: Judgement } | null = null;
  #steps = 0;
  #lastStep: ClockFacts['lastStep'] = null;
  #loop: Promise<void> | null = null;
  #probing: Promise<void> | null = null;
  #complained = false;

  constructor(options: ClockWatchOptions) {
    this.#options = options;
    this.#history = new ClockHistory(options.connection);
    this.#notBeforeMs = options.notBeforeMs ?? SOFTWARE_NOT_BEFORE_MS;
    this.#rtc = (options.hasRealTimeClock ?? (() => existsSync('/sys/class/rtc/rtc0')))();
    const { seenMs, provenMs } = this.#history.newest();
    this.#seenMs = seenMs;
    this.#provenMs = provenMs;
  }

  async start(): Promise<void> {
    if (this.#loop !== null) return;
    const { bus, sync } = this.#options;
    this.#bootId = await this.#options.bootId();
    this.#recall(this.#bootId);
    bus.on('run.anchored', this.#onAnchored);
    bus.on('segment.promoted', this.#onPromoted);
    // Known before the first recorder asks; a program that hangs must not hold up the start for long.
    this.#probing = sync.probe(this.#abort.signal);
    await Promise.race([this.#probing, this.#options.clock.sleep(LOOK_MS, this.#abort.signal)]);
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    await this.#probing;
    this.#options.bus.off('run.anchored', this.#onAnchored);
    this.#options.bus.off('segment.promoted', this.#onPromoted);
  }

  status(): ServiceStatus {
    const { synced, trusted, source, words, steps, lastStep } = this.facts();
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: trusted,
      }),
      details: words,
      counters: {
        steps,
        last_step_ms: lastStep === null ? null : Math.round(lastStep.stepMs),
        last_step_at: lastStep === null ? null : toInstant(Math.round(lastStep.atWallMs)),
        synced: synced === null ? null : Number(synced),
        source,
      },
    };
  }

  /**
   * Is the clock synchronised? Cheap; also before the start.
   * @returns false where it is not, or is known to be wrong; null where the system does not tell
   */
  synced(): boolean | null {
    return this.#judge().synced;
  }

  /**
   * May a schedule be kept by this clock? Not while it is known to be wrong: it contradicts what was written down, or
   * nobody has set it since the machine started and no clock went on while it had no power.
   */
  trusted(): boolean {
    return this.#isTrusted(this.#judge());
  }

  facts(): ClockFacts {
    const judgement = this.#judge();
    const trusted = this.#isTrusted(judgement);
    return {
      ...judgement,
      trusted,
      words: wordsFor(judgement, trusted, this.#options.clock.wallMs()),
      steps: this.#steps,
      lastStep: this.#lastStep,
    };
  }

  /**
   * What must be added to times that were taken by this anchor, milliseconds: the clock was not synchronised then and
   * has become so since. Always the same for the same anchor, also in a later console of this boot.
   * @returns null as long as that is not known
   */
  correctionOf(anchor: ClockAnchor): number | null {
    this.look();
    const settled =
      this.#settled.find(({ monotonicMs }) => monotonicMs >= anchor.monotonicMs) ??
      this.#settleNow();
    if (settled === null) return null;
    const suspendedMs = this.#suspends
      .filter(({ monotonicMs }) => monotonicMs > anchor.monotonicMs)
      .filter(({ monotonicMs }) => monotonicMs <= settled.monotonicMs)
      .reduce((sum, { ms }) => sum + ms, 0);
    const offset = settled.wallMs - settled.monotonicMs;
    return offset - (anchor.wallMs - anchor.monotonicMs) - suspendedMs;
  }

  /**
   * A person says that the clock is right now. That outweighs whatever was written down, for as long as a clock
   * goes right by itself.
   * @param shownMs what the person saw, UTC milliseconds: not what a page showed that is long out of date
   * @returns what the clock showed, UTC milliseconds
   * @throws InvalidValueError when the clock shows something else, or what cannot be; better-sqlite3's SqliteError,
   *   then nothing has changed
   */
  async confirm(shownMs: number): Promise<number> {
    this.#bootId ??= await this.#options.bootId();
    const nowMs = this.#options.clock.wallMs();
    if (Math.abs(nowMs - shownMs) > SET_BACK_MS) {
      throw new InvalidValueError('shown', `the clock shows ${toInstant(Math.round(nowMs))}`);
    }
    if (nowMs < this.#notBeforeMs) {
      throw new InvalidValueError('shown', 'the clock shows a time that is certainly past; set it');
    }
    this.look();
    const look = takeLook(this.#options.clock, this.#options.uptimeMs);
    const { wallMs } = look;
    const moment = momentOf(look);
    this.#history.confirm(
      { ...moment, reason: 'confirmed', bootId: this.#bootId, synced: true },
      wallMs + SET_BACK_MS,
    );
    this.#confirmed = moment;
    this.#settled.push(moment);
    this.#seenMs = wallMs;
    this.#provenMs = wallMs;
    this.#before = { look, judgement: this.#judge(wallMs) };
    const { bus, logger } = this.#options;
    const context = { shown: toInstant(Math.round(wallMs)) };
    logger.info('clock.confirmed', 'A person has confirmed the clock.', context);
    bus.emit('clock.synced', { atWallMs: wallMs });
    return wallMs;
  }

  /** Compares the clocks with the last look. Once a second by itself; safe to call at any time. */
  look(): void {
    const { clock, uptimeMs } = this.#options;
    const look = takeLook(clock, uptimeMs);
    const before = this.#before;
    const judgement = this.#judge(look.wallMs);
    this.#before = { look, judgement };
    if (before === null) return;
    const { stepMs, suspendMs } = compareLooks(before.look, look);
    if (suspendMs > 0) this.#noteSuspend(look, suspendMs);
    if (stepMs !== 0) this.#noteStep(look, stepMs, judgement);
    const right =
      judgement.synced === true || (judgement.synced === null && !before.judgement.plausible);
    if (before.judgement.synced === false && right) this.#noteSettled(look, judgement);
  }

  async #run(): Promise<void> {
    const { clock, sync, logger } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        this.look();
        this.#probing ??= sync.probe(signal);
        void this.#probing.finally(() => {
          this.#probing = null;
        });
      } catch (error) {
        logger.error('clock.look_failed', 'A look at the clocks failed; the next follows.', {
          error,
        });
      }
      await clock.sleep(LOOK_MS, signal);
    }
  }

  #judge(wallMs = this.#options.clock.wallMs()): Judgement {
    const told = this.#told();
    const wrong =
      wallMs < this.#notBeforeMs ||
      wallMs < this.#provenMs - SET_BACK_MS ||
      // What was written down by a clock that nobody vouched for does not outweigh one that is vouched for.
      (told.synced !== true && wallMs < this.#seenMs - SET_BACK_MS);
    return wrong
      ? { synced: false, plausible: false, source: 'station', lastSyncedMs: told.lastSyncedMs }
      : { ...told, plausible: true };
  }

  /** What the system says, or a person who looked at the clock since. */
  #told(): Omit<Judgement, 'plausible'> {
    const told = this.#options.sync.read();
    const confirmed = this.#confirmed;
    if (confirmed === null || told.synced === true) return told;
    const ageMs = this.#options.clock.monotonicMs() - confirmed.monotonicMs;
    const lastSyncedMs = Math.max(confirmed.wallMs, told.lastSyncedMs ?? -Infinity);
    return ageMs <= SYNC_HOLDS_MS
      ? { synced: true, source: 'person', lastSyncedMs }
      : { ...told, lastSyncedMs };
  }

  /** A clock that was right in this boot may have drifted by seconds since: schedules bear that. */
  #isTrusted({ synced, plausible, lastSyncedMs }: Judgement): boolean {
    return plausible && (synced !== false || lastSyncedMs !== null || this.#rtc);
  }

  /** Takes up what earlier consoles of this boot wrote down, and finds what happened while none ran. */
  #recall(bootId: string): void {
    const moments = this.#history.ofBoot(bootId);
    this.#settled = moments.filter(({ reason }) => reason === 'synced' || reason === 'confirmed');
    // A clock that was set since is another one.
    const last = moments.findLast(({ reason }) => reason === 'step' || reason === 'confirmed');
    this.#confirmed = last?.reason === 'confirmed' ? last : null;
    this.#suspends = moments
      .filter(({ reason }) => reason === 'suspend')
      .map(({ monotonicMs, stepMs = 0 }) => ({ monotonicMs, ms: stepMs }));
    const look = takeLook(this.#options.clock, this.#options.uptimeMs);
    if (look.uptimeMs === null) return;
    const known = this.#suspends.reduce((sum, { ms }) => sum + ms, 0);
    const sleptMs = look.uptimeMs - look.monotonicMs - known;
    if (sleptMs > LOOK_MS) this.#noteSuspend(look, sleptMs);
  }

  #noteSuspend(look: ClockLook, ms: number): void {
    this.#suspends.push({ monotonicMs: look.monotonicMs, ms });
    this.#write({ ...momentOf(look), reason: 'suspend', stepMs: ms, synced: this.synced() });
    const context = { suspendedMs: Math.round(ms) };
    this.#options.logger.warn('clock.suspended', 'The machine was suspended.', context);
  }

  #noteStep(look: ClockLook, stepMs: number, { synced }: Judgement): void {
    const { bus, logger } = this.#options;
    this.#steps += 1;
    this.#confirmed = null;
    this.#lastStep = { stepMs, atWallMs: look.wallMs };
    this.#write({ ...momentOf(look), reason: 'step', stepMs, synced });
    logger.warn('clock.stepped', 'The system clock was set.', {
      stepMs: Math.round(stepMs),
      to: toInstant(Math.round(look.wallMs)),
    });
    bus.emit('clock.stepped', { stepMs, atWallMs: look.wallMs });
  }

  #noteSettled(look: ClockLook, { synced, source }: Judgement): void {
    const { bus, logger } = this.#options;
    const { wallMs, monotonicMs } = look;
    this.#settled.push({ wallMs, monotonicMs });
    // What a wrong clock wrote down is no measure for the right one.
    this.#seenMs = wallMs;
    this.#write({ ...momentOf(look), reason: 'synced', synced });
    logger.info('clock.synced', 'The system clock is right from now on.', { source });
    bus.emit('clock.synced', { atWallMs: wallMs });
  }

  /** The clock became right while nobody looked. */
  #settleNow(): ClockAnchor | null {
    const before = this.#before;
    if (before?.judgement.synced !== true) return null;
    this.#noteSettled(before.look, before.judgement);
    return before.look;
  }

  readonly #onAnchored = (run: RunAnchored): void => {
    const { runId, wallMs, monotonicMs, bootId, synced } = run;
    this.#write({ reason: 'run_start', runId, wallMs, monotonicMs, bootId, synced });
    this.#remember(wallMs, synced);
  };

  readonly #onPromoted = (segment: PromotedSegment): void => {
    this.#remember(segment.startWallMs, segment.clockSynced);
  };

  #remember(wallMs: number, synced: boolean | null): void {
    // What is known to be wrong proves nothing.
    if (synced === false) return;
    this.#seenMs = Math.max(this.#seenMs, wallMs);
    if (synced === true) this.#provenMs = Math.max(this.#provenMs, wallMs);
  }

  /** Without the row the times are corrected all the same, as long as this console runs. */
  #write(moment: Omit<ClockMoment, 'bootId'> & { readonly bootId?: string | null }): void {
    try {
      this.#history.write({ bootId: this.#bootId, ...moment });
      this.#complained = false;
    } catch (error) {
      if (this.#complained) return;
      this.#complained = true;
      const words = 'What happened to the clock could not be written down.';
      this.#options.logger.error('clock.write_failed', words, { error });
    }
  }
}

function momentOf({ wallMs, monotonicMs }: ClockLook): ClockAnchor {
  return { wallMs, monotonicMs };
}

function wordsFor(
  { synced, plausible, lastSyncedMs }: Judgement,
  trusted: boolean,
  nowMs: number,
): string {
  if (!plausible) return 'The clock is wrong: it shows a time that is certainly past.';
  if (synced !== false) return '';
  if (lastSyncedMs !== null) {
    const hours = Math.floor(Math.abs(nowMs - lastSyncedMs) / 3_600_000);
    return `The clock was last synchronised ${String(hours)} hours ago; times are marked until it is again.`;
  }
  return trusted
    ? 'The clock is not synchronised; times are marked and corrected once it is.'
    : 'The clock has not been set since the machine started, and this machine has none that goes on without power.';
}
