import type { GapReason } from '@shared/model/coverage';
import type { Clock } from '../clock/clock';
import type { ClockAnchor } from '../clock/clock-watch';
import type { Connection } from '../database/connection';
import type { EventBus, StationEvents } from '../events/bus';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';
import { ConsoleLife, type LastConsole } from './console-life';
import { CoverageRows } from './coverage-rows';
import { DutyJournal } from './duty-journal';
import { type Cause, GapJournal } from './gap-journal';
import { errorCode } from '../files/error-code';
import { messageOf } from '../error-message';

export interface CoverageKeeperOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly bootId: () => Promise<string>;
  /** false while the clock is known to be wrong. */
  readonly clockTrusted: () => boolean;
  /** Does a capture of this device run, also one that was taken over? */
  readonly isCapturing: (device: string) => boolean;
}

type Told<Name extends keyof StationEvents> = StationEvents[Name][0];

/** What is known of one device since this console began. */
interface Track {
  desired: boolean;
  /** When it was last told to record no more, UTC milliseconds; null: never, since this console began. */
  releasedMs: number | null;
  /** A run that told of itself. */
  runId: string | null;
  /** An earlier console recorded it, and it is not known yet whether its capture went on. */
  left: { readonly sinceMs: number } | null;
  /** Something stood in its way when an earlier console last looked, and it is not known yet whether it still does. */
  obstacle: { readonly reason: GapReason; readonly sinceMs: number } | null;
}

/** So much of the truth a killed console may take with it. */
const SEEN_MS = 10_000;
const LEAST_STEP_MS = 500;
/** A capture that starts fails at once or not at all. */
const SETTLING_MS = 10_000;
const MOST_WAITING = 10_000;

/** Keeps the books of when each device should have recorded, and of why it did not. */
export class CoverageKeeper implements Service {
  readonly name = 'coverage';
  readonly #options: CoverageKeeperOptions;
  readonly #rows: CoverageRows;
  readonly #duties: DutyJournal;
  readonly #gaps: GapJournal;
  readonly #life: ConsoleLife;
  readonly #tracks = new Map<string, Track>();
  readonly #abort = new AbortController();
  readonly #listeners = {
    'duty.changed': this.#noting((told: Told<'duty.changed'>, nowMs) => {
      this.#onDuty(told, nowMs);
    }),
    'run.anchored': this.#noting((told: Told<'run.anchored'>) => {
      this.#onAnchored(told);
    }),
    'run.ended': this.#noting((told: Told<'run.ended'>, nowMs) => {
      this.#onEnded(told, nowMs);
    }),
    'capture.refused': this.#noting((told: Told<'capture.refused'>, nowMs) => {
      this.#onRefused(told, nowMs);
    }),
    'sound.lost': this.#noting((told: Told<'sound.lost'>) => {
      this.#onLost(told);
    }),
    'sound.found': this.#noting(({ device, runFromWallMs, foundS }: Told<'sound.found'>) => {
      this.#gaps.shorten(device, runFromWallMs, foundS * 1000);
      this.#tell(device);
    }),
    'clock.stepped': this.#noting((told: Told<'clock.stepped'>, nowMs) => {
      this.#onStep(told, nowMs);
    }),
  };
  readonly #leftDuty = this.#noting(
    ({ device, desired, reason }: Told<'duty.changed'>, nowMs: number) => {
      this.#duties.changeLeft(device, desired, reason, nowMs);
    },
  );
  /** What could not be written, in order. */
  readonly #waiting: (() => void)[] = [];
  /** Why nothing was recorded while no console ran. */
  #absence: Cause = { reason: 'console_stopped', detail: '' };
  /** Of these the end was told by a clock that was known to be wrong. */
  readonly #absences: { readonly device: string; readonly fromMs: number; untilMs: number }[] = [];
  #bootId = '';
  #lastLook: ClockAnchor | null = null;
  #loop: Promise<void> | null = null;
  #problem: string | null = null;

  constructor(options: CoverageKeeperOptions) {
    this.#options = options;
    const { connection, clockTrusted } = options;
    const wrongBoot = (): string | null => (clockTrusted() ? null : this.#bootId);
    this.#rows = new CoverageRows(connection);
    this.#duties = new DutyJournal(connection, wrongBoot);
    this.#gaps = new GapJournal(connection, wrongBoot);
    this.#life = new ConsoleLife(connection);
  }

  async start(): Promise<void> {
    if (this.#loop !== null) return;
    this.#bootId = await this.#options.bootId();
    const { bus } = this.#options;
    bus.off('duty.changed', this.#leftDuty);
    this.#write(() => {
      this.#takeOver();
    });
    bus.on('duty.changed', this.#listeners['duty.changed']);
    bus.on('run.anchored', this.#listeners['run.anchored']);
    bus.on('run.ended', this.#listeners['run.ended']);
    bus.on('capture.refused', this.#listeners['capture.refused']);
    bus.on('sound.lost', this.#listeners['sound.lost']);
    bus.on('sound.found', this.#listeners['sound.found']);
    bus.on('clock.stepped', this.#listeners['clock.stepped']);
    this.#loop = this.#run();
  }

  /**
   * Without being started: writes down what a person decides while no console runs.
   * @returns how the console that ran last ended; null: none ever ran
   */
  async look(): Promise<LastConsole | null> {
    if (this.#loop !== null) return null;
    this.#bootId = await this.#options.bootId();
    this.#options.bus.on('duty.changed', this.#leftDuty);
    return this.#life.last(this.#bootId);
  }

  /** After the recorders: their last words count. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
    const { bus } = this.#options;
    bus.off('duty.changed', this.#listeners['duty.changed']);
    bus.off('run.anchored', this.#listeners['run.anchored']);
    bus.off('run.ended', this.#listeners['run.ended']);
    bus.off('capture.refused', this.#listeners['capture.refused']);
    bus.off('sound.lost', this.#listeners['sound.lost']);
    bus.off('sound.found', this.#listeners['sound.found']);
    bus.off('clock.stepped', this.#listeners['clock.stepped']);
    if (this.#loop === null) return;
    this.#look();
    this.#write(() => {
      this.#life.ends(this.#now());
    });
  }

  status(): ServiceStatus {
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: this.#problem === null,
      }),
      details: this.#problem ?? '',
      counters: { devices: this.#tracks.size, waiting: this.#waiting.length },
    };
  }

  /** What is told is written with the time at which it was told, however late that succeeds. */
  #noting<T>(note: (told: T, nowMs: number) => void): (told: T) => void {
    return (told) => {
      const nowMs = this.#nowMs();
      this.#write(() => {
        note(told, nowMs);
      });
    };
  }

  #nowMs(): number {
    return Math.round(this.#options.clock.wallMs());
  }

  #now(): ClockAnchor {
    const { clock } = this.#options;
    return { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
  }

  #track(device: string): Track {
    const known = this.#tracks.get(device);
    if (known !== undefined) return known;
    const fresh = { desired: false, releasedMs: null, runId: null, left: null, obstacle: null };
    this.#tracks.set(device, fresh);
    return fresh;
  }

  #takeOver(): void {
    const nowMs = this.#nowMs();
    const { end, lastLook } = this.#life.begins(this.#bootId, this.#now());
    if (end === 'lost_power') {
      this.#absence = { reason: 'power_loss', detail: 'the machine went down without a word' };
    }
    if (lastLook !== null) this.#catchUp(lastLook);
    for (const { device, desired, fromMs, seenMs } of this.#duties.takeOver(nowMs)) {
      const gap = this.#gaps.openOf(device);
      if (!desired) {
        this.#track(device).releasedMs = fromMs;
        if (gap !== null) this.#gaps.close(device, Math.max(seenMs, gap.fromMs));
      } else if (gap === null) this.#track(device).left = { sinceMs: seenMs };
      else {
        this.#track(device).obstacle = {
          reason: gap.reason,
          sinceMs: Math.max(seenMs, gap.fromMs),
        };
      }
    }
    if (this.#options.clockTrusted()) this.#settle();
  }

  /** The clock may have been set while no console ran: what was written by a wrong one moves all the same. */
  #catchUp(before: ClockAnchor): void {
    const stepMs = stepBetween(before, this.#now());
    if (Math.abs(stepMs) < LEAST_STEP_MS) return;
    this.#duties.move(this.#bootId, stepMs);
    this.#gaps.move(this.#bootId, stepMs);
  }

  #wasSet(now: ClockAnchor): boolean {
    const before = this.#lastLook;
    return before !== null && Math.abs(stepBetween(before, now)) >= LEAST_STEP_MS;
  }

  #settle(): void {
    this.#duties.settle(this.#bootId);
    this.#gaps.settle(this.#bootId);
  }

  #onDuty({ device, desired, reason }: Told<'duty.changed'>, nowMs: number): void {
    const track = this.#track(device);
    this.#duties.change(device, desired, reason, nowMs);
    // Or by an earlier console, whose capture has gone on until now.
    if ((track.desired || track.left !== null) && !desired) track.releasedMs = nowMs;
    track.desired = desired;
    const capturing = track.runId !== null || this.#options.isCapturing(device);
    if (!desired) {
      this.#settleAbsence(device, track, nowMs, capturing);
      this.#settleObstacle(device, track, nowMs, null);
      this.#gaps.close(device, nowMs);
    } else if (!capturing) {
      const obstacle = obstacleOf(reason);
      if (obstacle !== null) {
        this.#settleObstacle(device, track, nowMs, obstacle.reason);
        this.#settleAbsence(device, track, nowMs, false);
        this.#beginGap(device, nowMs, obstacle, nowMs);
      } else if (track.left === null && this.#gaps.openOf(device) === null) {
        this.#gaps.open(device, nowMs, { reason: 'restart', detail: '' });
      }
    }
    this.#tell(device);
  }

  #onAnchored({ device, runId, wallMs }: Told<'run.anchored'>): void {
    const track = this.#track(device);
    track.runId = runId;
    this.#settleAbsence(device, track, wallMs, false);
    this.#settleObstacle(device, track, wallMs, null);
    this.#gaps.close(device, wallMs);
    this.#tell(device);
  }

  #onEnded({ device, runId, endWallMs, reason, detail }: Told<'run.ended'>, nowMs: number): void {
    const track = this.#track(device);
    if (track.runId !== null && track.runId !== runId) return;
    track.runId = null;
    const wasLeft = track.left !== null;
    track.left = null;
    this.#settleObstacle(device, track, nowMs, reason);
    // What it had not delivered yet when it was told to end has the same cause.
    if (endWallMs !== null && track.releasedMs !== null && endWallMs < track.releasedMs) {
      this.#gaps.add(device, endWallMs, track.releasedMs, { reason, detail });
      this.#tell(device);
    }
    if (!track.desired && !wasLeft) return;
    const fromMs = endWallMs ?? this.#rows.lastEndMs(device, nowMs) ?? nowMs;
    const known = reason === 'unknown' && wasLeft ? this.#absence : { reason, detail };
    this.#beginGap(device, Math.min(fromMs, nowMs), known, nowMs);
    this.#tell(device);
  }

  #onRefused({ device, reason, detail }: Told<'capture.refused'>, nowMs: number): void {
    const track = this.#track(device);
    this.#settleAbsence(device, track, nowMs, false);
    this.#settleObstacle(device, track, nowMs, reason);
    if (track.desired) this.#beginGap(device, nowMs, { reason, detail }, nowMs);
    this.#tell(device);
  }

  #onLost({ device, fromWallMs, lostS, reason, detail }: Told<'sound.lost'>): void {
    this.#gaps.add(device, fromWallMs, fromWallMs + lostS * 1000, { reason, detail });
    this.#tell(device);
  }

  #onStep({ stepMs }: Told<'clock.stepped'>, nowMs: number): void {
    this.#duties.clockStepped(this.#bootId, stepMs, nowMs);
    this.#gaps.clockStepped(this.#bootId, stepMs, nowMs, this.#tracks.keys());
    this.#lastLook = this.#now();
    this.#life.seen(this.#lastLook);
    for (const absence of this.#absences) absence.untilMs += Math.round(stepMs);
    if (!this.#options.clockTrusted()) return;
    this.#settle();
    for (const { device, fromMs, untilMs } of this.#absences.splice(0)) {
      this.#gaps.add(device, fromMs, untilMs, this.#absence);
    }
  }

  /** It has turned out whether the capture of an earlier console went on: if not, nothing was recorded since. */
  #settleAbsence(device: string, track: Track, untilMs: number, capturing: boolean): void {
    const { left } = track;
    track.left = null;
    if (left === null || capturing) return;
    if (this.#options.clockTrusted()) {
      const fromMs = this.#rows.lastEndMs(device, untilMs) ?? left.sinceMs;
      this.#gaps.add(device, fromMs, untilMs, this.#absence);
    } else {
      // A wrong clock may stand years before it: how long it was is known once that is set.
      const fromMs = this.#rows.lastEndMs(device, Number.MAX_SAFE_INTEGER) ?? left.sinceMs;
      this.#absences.push({ device, fromMs, untilMs });
    }
  }

  /**
   * It has turned out whether what stood in the way of an earlier console still does: then it did all the time, for a
   * capture needs no console to go on. If not, nobody knows when it went, only that nobody was there to start anew.
   */
  #settleObstacle(device: string, track: Track, nowMs: number, now: GapReason | null): void {
    const { obstacle } = track;
    track.obstacle = null;
    if (obstacle === null || obstacle.reason === now || this.#gaps.openOf(device) === null) return;
    this.#gaps.close(device, obstacle.sinceMs);
    if (this.#options.clockTrusted()) this.#gaps.open(device, obstacle.sinceMs, this.#absence);
    // A wrong clock may stand years before it: how long it was is known once that is set.
    else this.#absences.push({ device, fromMs: obstacle.sinceMs, untilMs: nowMs });
  }

  /** Nothing is recorded for this reason; where that lasts already, from now on for another one. */
  #beginGap(device: string, fromMs: number, cause: Cause, nowMs: number): void {
    const gap = this.#gaps.openOf(device);
    if (gap === null) this.#gaps.open(device, fromMs, cause);
    else if (gap.reason === cause.reason) {
      if (gap.detail === '' && cause.detail !== '') this.#gaps.explain(gap, cause);
    } else if (isVague(gap.reason) && nowMs - gap.fromMs < SETTLING_MS) {
      this.#gaps.explain(gap, cause);
    } else this.#gaps.open(device, Math.max(nowMs, gap.fromMs), cause);
  }

  async #run(): Promise<void> {
    const { clock } = this.#options;
    const { signal } = this.#abort;
    while (!signal.aborted) {
      this.#look();
      await clock.sleep(SEEN_MS, signal);
    }
  }

  /** Moves on what is known to hold, and ends gaps behind which there are recordings: an event was missed. */
  #look(): void {
    const { sqlite } = this.#options.connection;
    this.#write(() => {
      const nowMs = this.#nowMs();
      const now = this.#now();
      // One transaction is one wait for the disk, six times a minute for years.
      sqlite.transaction(() => {
        this.#duties.seen(nowMs);
        this.#life.seen(now);
        // Where the clock was set since, its step is still to be told, and what it is to move must be known then.
        if (this.#options.clockTrusted() && !this.#wasSet(now)) this.#settle();
      })();
      this.#lastLook = now;
      for (const device of this.#tracks.keys()) {
        const gap = this.#gaps.openOf(device);
        if (gap === null) continue;
        const firstMs = this.#rows.firstFromMs(device, gap.fromMs);
        if (firstMs === null || firstMs > nowMs) continue;
        const goesOn =
          this.#track(device).desired &&
          this.#track(device).runId === null &&
          !this.#options.isCapturing(device);
        this.#gaps.close(device, firstMs);
        const lastMs = this.#rows.lastEndMs(device, nowMs);
        if (goesOn && lastMs !== null) this.#gaps.open(device, Math.max(lastMs, firstMs), gap);
        this.#tell(device);
      }
    });
  }

  #tell(device: string): void {
    this.#options.bus.emit('coverage.changed', { device });
  }

  /** What the database cannot take now waits, in order: no recorder may fall over its bookkeeper. */
  #write(work: () => void): void {
    this.#waiting.push(work);
    if (this.#waiting.length > MOST_WAITING) this.#waiting.shift();
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      try {
        next();
        this.#problem = null;
      } catch (error) {
        const first = this.#problem === null;
        this.#problem = messageOf(error);
        if (first) {
          const words = 'Duties and gaps could not be written down.';
          this.#options.logger.error('coverage.failed', words, { error });
        }
        // A row that the database refuses for good must not hold up all others.
        if (!isRefusal(error)) return;
      }
      this.#waiting.shift();
    }
  }
}

/** By how much the wall clock went on more than time did, milliseconds. */
function stepBetween(before: ClockAnchor, now: ClockAnchor): number {
  return now.wallMs - before.wallMs - (now.monotonicMs - before.monotonicMs);
}

/** What stands in the way of a duty, where that is not the capture's fault. */
function obstacleOf(reason: Told<'duty.changed'>['reason']): Cause | null {
  if (reason === 'offline') return { reason: 'unplugged', detail: '' };
  if (reason === 'data_disk_missing') return { reason, detail: '' };
  return null;
}

/** Says only that no capture runs yet, or no more. */
function isVague(reason: GapReason): boolean {
  return reason === 'restart' || reason === 'unknown';
}

function isRefusal(error: unknown): boolean {
  const code = errorCode(error);
  return code.startsWith('SQLITE_CONSTRAINT') || !code.startsWith('SQLITE_');
}
