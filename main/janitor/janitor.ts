import type { Deletion, JanitorMode, JanitorPlan, JanitorStatus } from '@shared/model/janitor';
import type { Settings } from '@shared/model/settings';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { NotAvailableError } from '../request-error';
import { loopState, type Service, type ServiceStatus } from '../service';
import type { BlindRemoval } from './blind-removal';
import { isDatabaseTrouble } from './database-trouble';
import type { DeletionHistory } from './deletion-history';
import { type Demand, demandsOf, modeOf, rankOf, type Thresholds } from './demand';
import { type DiskUsage, percentUsed, worstPercent } from './disk-usage';
import { forecastOf } from './forecast';
import type { InterruptedDeletions } from './interrupted-deletions';
import { type AlertSink, tellForecast, tellNews } from './janitor-alerts';
import type { JanitorThread } from './janitor-thread';
import type { PlanOutcome, PlanRequest } from './plan-reader';
import type { Planned } from './planner';
import { type Removal, type Removed, type Sentence, SLICE } from './removal';
import type { StorageSurvey } from './storage-survey';

export interface JanitorOptions {
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly alerts: AlertSink;
  readonly thread: Pick<JanitorThread, 'plan' | 'survey' | 'close'>;
  readonly removal: Pick<Removal, 'run'>;
  readonly interrupted: Pick<InterruptedDeletions, 'heal'>;
  readonly blind: Pick<BlindRemoval, 'run'>;
  readonly history: Pick<DeletionHistory, 'page'>;
  readonly settings: () => Settings['processor'];
  readonly timezone: () => string;
  /** Of the analysis, those that are on. */
  readonly workers: () => readonly string[];
  /** Why nothing may be removed now; null: it may. */
  readonly held: () => string | null;
  /** By a wrong clock everything would be old. */
  readonly clockTrusted: () => boolean;
  /** How full the data disk is. @throws Node's errors */
  readonly measure: () => Promise<DiskUsage>;
  /** The database did not answer. */
  readonly onDatabaseTrouble: (error: unknown) => void;
}

const LOOK_MS = 1_000;
const PANIC_INTERVAL_MS = 5_000;
/** A database that does not answer is given so long before the oldest files go without its word. */
const BLIND_AFTER_MS = 10_000;
/** A file that would not go is tried again after so long. */
const STUCK_MS = 3_600_000;
const FIRST_SURVEY_MS = 15_000;
const SURVEY_MS = 600_000;
/** So many are planned at once; what has changed meanwhile is planned anew. */
const PLANNED_AT_ONCE = 500;
/** Some file systems tell of room only a while after a file went. */
const SETTLE_MS = 1_000;
const MOST_SETTLING = 60;
/** In panic it may be the recorders that write as fast. */
const MOST_SETTLING_IN_PANIC = 5;
const DAY_MS = 86_400_000;
const GB = 1e9;

/** Keeps room on the data disk: measures, plans, deletes, and tells what it did and why. */
export class Janitor implements Service {
  readonly name = 'janitor';
  readonly #options: JanitorOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  /** One cycle at a time, whoever asks for it. */
  #work: Promise<unknown> = Promise.resolve();
  #mode: JanitorMode = 'quiet';
  #sinceMs: number;
  #usage: DiskUsage | null = null;
  #lastCycle: { readonly wallMs: number; readonly monotonicMs: number } | null = null;
  #copiesWanted = true;
  #exhausted = false;
  #problem: string | null = null;
  /** Since when the database does not answer, monotonic milliseconds; null: it does. */
  #unreachableMs: number | null = null;
  #survey: StorageSurvey | null = null;
  #nextSurveyMs: number;
  readonly #stuck = new Map<number, { readonly why: string; readonly untilMs: number }>();
  readonly #total = { recordings: 0, bytes: 0, unsaved: 0 };
  /** What is told in alerts: since the disk was last at ease, or since there is no remote. */
  #lost = { unsaved: 0, protected: 0, unwanted: 0 };
  #blindly = 0;

  constructor(options: JanitorOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(options.clock);
    this.#sinceMs = options.clock.wallMs();
    this.#nextSurveyMs = options.clock.monotonicMs() + FIRST_SURVEY_MS;
  }

  /** Resolves when the database has been told of what a crash cut off, so that no audit takes it for lost. */
  async start(): Promise<void> {
    if (this.#loop !== null) return;
    this.#options.bus.on('settings.changed', this.#onSettings);
    await this.#heal();
    this.#loop = this.#run();
  }

  /** What is being deleted is deleted whole. */
  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    this.#options.bus.off('settings.changed', this.#onSettings);
    await this.#loop;
    await this.#work;
    await this.#options.thread.close();
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
      counters: {
        current_mode: this.#mode,
        disk_usage_percent:
          this.#usage === null ? null : Math.round(worstPercent(this.#usage) * 10) / 10,
        files_deleted_total: this.#total.recordings,
        unsaved_deleted_total: this.#total.unsaved,
        stuck_count: this.#stuck.size,
      },
    };
  }

  async janitorStatus(): Promise<JanitorStatus> {
    const usage = this.#usage ?? (await this.#measured());
    const { usedBytes, freeBytes, inodes } = usage;
    const thresholds = this.#thresholds();
    const nowMs = this.#options.clock.wallMs();
    const survey = this.#survey;
    return {
      mode: this.#mode,
      since: toInstant(this.#sinceMs),
      bytes: {
        total: usedBytes + freeBytes,
        free: freeBytes,
        usedPercent: percentUsed({ used: usedBytes, free: freeBytes }),
      },
      inodes:
        inodes === null
          ? null
          : {
              total: inodes.used + inodes.free,
              free: inodes.free,
              usedPercent: percentUsed(inodes),
            },
      thresholds,
      forecast: survey === null ? null : forecastOf({ nowMs, usage, thresholds, survey }),
      lastCycleAt: this.#lastCycle === null ? null : toInstant(this.#lastCycle.wallMs),
      withoutRemotes: !this.#copiesWanted,
      held: this.#options.held(),
      stuck: this.#stuck.size,
      deleted: { ...this.#total },
      blind: this.#unreachableMs !== null,
    };
  }

  /** What would go now; nothing does. @throws NotAvailableError */
  async plan(limit: number): Promise<JanitorPlan> {
    const usage = await this.#measured();
    const mode = this.#mode;
    const demands = this.#demands(usage);
    const outcome = await this.#ask({ demands, limit, extent: 'told' }).catch((error: unknown) => {
      if (!isDatabaseTrouble(error)) throw error;
      this.#options.onDatabaseTrouble(error);
      throw new NotAvailableError('database_damaged', messageOf(error));
    });
    return {
      mode,
      wantedBytes: Math.max(0, ...demands.map(({ bytes }) => bytes)),
      wantedFiles: Math.max(0, ...demands.map(({ files }) => files)),
      items: outcome.items.map(({ candidate, reason, safe, bytes }) => ({
        recordingId: candidate.id,
        device: candidate.device,
        time: toInstant(candidate.timeMs),
        sizeBytes: bytes,
        reason,
        safe,
        protected: candidate.protected,
      })),
      recordings: outcome.recordings,
      more: outcome.more,
      bytes: outcome.bytes,
      kept: [...outcome.kept],
      held: this.#options.held(),
    };
  }

  /** A cycle now. @throws NotAvailableError */
  async run(): Promise<JanitorStatus> {
    await this.#measured();
    await this.#alone(() => this.#turn({ now: true }));
    return this.janitorStatus();
  }

  /** The newest first. @throws InvalidValueError for a cursor that no page gave out */
  history(page: { readonly cursor?: string | undefined; readonly limit: number }): {
    items: Deletion[];
    nextCursor: string | null;
  } {
    return this.#options.history.page(page);
  }

  readonly #onSettings = ({ keys }: { readonly keys: readonly string[] }): void => {
    if (!keys.some((key) => key.startsWith('processor.'))) return;
    this.#lastCycle = null; // due at once
    this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      await this.#alone(() => this.#turn({ now: false }));
      await this.#nudge.wait(LOOK_MS, signal);
    }
  }

  /** Outlives any one error. */
  async #alone(work: () => Promise<void>): Promise<void> {
    const done = this.#work.then(async () => {
      if (this.#abort.signal.aborted) return;
      try {
        await work();
      } catch (error) {
        const problem = messageOf(error);
        if (problem !== this.#problem) {
          this.#logger.error('janitor.failed', 'Room could not be made; it is tried again.', {
            error,
          });
        }
        this.#problem = problem;
      }
    });
    this.#work = done;
    await done;
  }

  async #turn({ now }: { now: boolean }): Promise<void> {
    const { clock } = this.#options;
    const before = this.#mode;
    await this.#look();
    const isWorse = rankOf(this.#mode) > rankOf(before);
    const interval = this.#options.settings().janitor_interval_seconds * 1000;
    const intervalMs = this.#mode === 'panic' ? Math.min(interval, PANIC_INTERVAL_MS) : interval;
    const last = this.#lastCycle;
    const isDue = last === null || clock.monotonicMs() - last.monotonicMs >= intervalMs;
    if (now || isWorse || isDue) await this.#cycle();
    if (clock.monotonicMs() >= this.#nextSurveyMs) await this.#foresee();
  }

  /** @throws NotAvailableError */
  async #measured(): Promise<DiskUsage> {
    await this.#look().catch(() => {
      throw diskIsAway();
    });
    if (this.#usage === null) throw diskIsAway();
    return this.#usage;
  }

  /** Measures, and follows what that demands. @throws Node's errors */
  async #look(): Promise<void> {
    const { clock, bus } = this.#options;
    const usage = await this.#options.measure();
    this.#usage = usage;
    const mode = modeOf(this.#mode, usage, this.#thresholds());
    if (mode === this.#mode) return;
    const used = `${worstPercent(usage).toFixed(1)} %`;
    this.#logger.info('janitor.mode_changed', 'The janitor is in another mode.', {
      before: this.#mode,
      mode,
      used,
    });
    this.#mode = mode;
    this.#sinceMs = clock.wallMs();
    if (mode === 'quiet') this.#lost = { ...this.#lost, unsaved: 0, protected: 0 };
    bus.emit('janitor.changed', { deleted: 0 });
  }

  async #cycle(): Promise<void> {
    const { clock, bus, held } = this.#options;
    const before = this.#total.recordings;
    this.#forgetStuck();
    this.#exhausted = false;
    try {
      if (held() === null) await this.#makeRoom();
      this.#problem = null;
    } finally {
      this.#lastCycle = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
      this.#tell();
      const deleted = this.#total.recordings - before;
      if (deleted > 0) {
        bus.emit('janitor.changed', { deleted });
        bus.emit('recordings.changed', { recordings: deleted });
      }
    }
  }

  async #makeRoom(): Promise<void> {
    try {
      await this.#heal();
      await this.#delete();
      this.#unreachableMs = null;
      this.#blindly = 0;
    } catch (error) {
      if (!isDatabaseTrouble(error)) throw error;
      this.#options.onDatabaseTrouble(error);
      await this.#goBlind();
      throw error;
    }
  }

  /** Without the database only the oldest go, and only when the disk would be full otherwise. */
  async #goBlind(): Promise<void> {
    const { clock, blind } = this.#options;
    this.#unreachableMs ??= clock.monotonicMs();
    const usage = this.#usage;
    const isPatient = clock.monotonicMs() - this.#unreachableMs < BLIND_AFTER_MS;
    if (isPatient || usage === null || this.#mode !== 'panic') return;
    const wants = async (): Promise<boolean> => {
      await this.#look();
      return this.#mode === 'panic' && !this.#abort.signal.aborted;
    };
    const removed = await blind.run(wants, { usage, thresholds: this.#thresholds() });
    this.#blindly += removed.recordings;
    this.#total.recordings += removed.recordings;
    this.#total.bytes += removed.bytes;
    this.#logger.error('janitor.blind', 'The oldest files went without the database.', removed);
  }

  /** Pass after pass, until the disk is relieved or nothing is left that may go. */
  async #delete(): Promise<void> {
    const passedOver = new Set<number>();
    /** What went in the last pass, and how much was free before. */
    let last: { readonly freeBytes: number; readonly freed: number } | null = null;
    while (!this.#stopping() && this.#options.held() === null && this.#usage !== null) {
      const demands = this.#demands(this.#usage);
      if (demands.length === 0 && !this.#goesByRule()) return;
      const request = { demands, limit: PLANNED_AT_ONCE, extent: 'next', passedOver } as const;
      const outcome = await this.#ask(request);
      this.#copiesWanted = outcome.copiesWanted;
      if (outcome.items.length === 0) {
        this.#exhausted = demands.some(({ severity }) => severity === 'panic');
        return;
      }
      if (last !== null && !this.#isSeen(last)) {
        await this.#settle(last);
        last = null;
        continue;
      }
      const { freeBytes } = this.#usage;
      last = { freeBytes, freed: await this.#carryOut(outcome, passedOver) };
    }
  }

  /** May anything go although there is room? */
  #goesByRule(): boolean {
    const { max_age_days: days, delete_after_upload: afterUpload } = this.#options.settings();
    return days !== null || afterUpload;
  }

  /** @returns bytes that were freed */
  async #carryOut(outcome: PlanOutcome, passedOver: Set<number>): Promise<number> {
    const batch = this.#options.settings().janitor_batch_size;
    let [items, freed]: [readonly Planned[], number] = [outcome.items, 0];
    while (items.length > 0 && !this.#stopping() && this.#options.held() === null) {
      const now = items.slice(0, batch);
      for (let at = 0; at < now.length && !this.#stopping(); at += SLICE) {
        const slice = now.slice(at, at + SLICE);
        const removed = await this.#options.removal.run(slice, this.#sentence(outcome));
        this.#note(removed, passedOver);
        freed += removed.bytes;
      }
      await this.#look();
      const wanted = this.#usage === null ? [] : this.#demands(this.#usage);
      items = items.slice(batch).filter((one) => isWanted(one, wanted));
    }
    return freed;
  }

  #sentence({ copiesWanted }: PlanOutcome): Sentence {
    const { clock, settings, workers } = this.#options;
    const { max_age_days: maxAgeDays } = settings();
    if (this.#usage === null) throw diskIsAway();
    return {
      mode: this.#mode,
      usage: this.#usage,
      thresholds: this.#thresholds(),
      minFreeBytes: this.#minFreeBytes(),
      maxAgeDays,
      copiesWanted,
      workers: workers(),
      circumstances: {
        nowMs: clock.wallMs(),
        copiesWanted,
        stuck: new Set(this.#stuck.keys()),
      },
    };
  }

  #note(removed: Removed, passedOver: Set<number>): void {
    const { clock } = this.#options;
    for (const id of removed.passedOver) passedOver.add(id);
    const untilMs = clock.monotonicMs() + STUCK_MS;
    for (const [id, why] of removed.failed) this.#stuck.set(id, { why, untilMs });
    this.#total.recordings += removed.recordings;
    this.#total.bytes += removed.bytes;
    this.#total.unsaved += removed.unsaved;
    this.#lost = {
      unsaved: this.#lost.unsaved + removed.unsaved,
      protected: this.#lost.protected + removed.protected,
      unwanted: this.#copiesWanted ? 0 : this.#lost.unwanted + removed.recordings,
    };
    if (removed.recordings + removed.failed.size === 0) return;
    const { recordings, bytes, unsaved } = removed;
    const told = { mode: this.#mode, recordings, bytes, unsaved, failed: removed.failed.size };
    const text = 'Recordings were deleted to make room.';
    if (this.#mode === 'panic') this.#logger.error('janitor.deleted', text, told);
    else if (this.#mode === 'defensive') this.#logger.warn('janitor.deleted', text, told);
    else this.#logger.info('janitor.deleted', text, told);
  }

  /** Does the disk tell of what was freed? Of half of it: meanwhile something was recorded. */
  #isSeen({ freeBytes, freed }: { freeBytes: number; freed: number }): boolean {
    return (this.#usage?.freeBytes ?? 0) - freeBytes >= freed / 2;
  }

  /** Waits until the disk tells of what was freed: else as much again would go for nothing. */
  async #settle(last: { freeBytes: number; freed: number }): Promise<void> {
    const { clock } = this.#options;
    const most = this.#mode === 'panic' ? MOST_SETTLING_IN_PANIC : MOST_SETTLING;
    for (let turn = 0; turn < most && !this.#isSeen(last); turn += 1) {
      if (!(await clock.sleep(SETTLE_MS, this.#abort.signal))) return;
      await this.#look();
    }
  }

  async #ask(
    request: Pick<PlanRequest, 'demands' | 'limit' | 'extent'> & {
      readonly passedOver?: ReadonlySet<number>;
    },
  ): Promise<PlanOutcome> {
    const { clock, settings, workers, clockTrusted, thread } = this.#options;
    const { max_age_days: days, delete_after_upload: afterUpload } = settings();
    const nowMs = clock.wallMs();
    const { passedOver = new Set(), ...asked } = request;
    const order: PlanRequest = {
      ...asked,
      nowMs,
      oldestMs: days === null || !clockTrusted() ? null : nowMs - days * DAY_MS,
      afterUpload,
      blockBytes: this.#usage?.blockBytes ?? 4096,
      workers: workers(),
      stuck: [...this.#stuck.keys(), ...passedOver],
    };
    try {
      return await thread.plan(order);
    } catch {
      if (this.#stopping()) throw new Error('the janitor stops');
      return await thread.plan(order); // in a new thread: that one may have died of something else
    }
  }

  async #foresee(): Promise<void> {
    const { clock, thread, alerts, timezone } = this.#options;
    this.#nextSurveyMs = clock.monotonicMs() + SURVEY_MS;
    const nowMs = clock.wallMs();
    const survey = await thread.survey(nowMs);
    this.#survey = survey;
    this.#copiesWanted = survey.copiesWanted;
    if (this.#usage === null) return;
    const thresholds = this.#thresholds();
    const forecast = forecastOf({ nowMs, usage: this.#usage, thresholds, survey });
    const { copiesWanted } = survey;
    tellForecast(alerts, forecast, { nowMs, timezone: timezone(), copiesWanted });
    this.#tell();
  }

  #tell(): void {
    tellNews(this.#options.alerts, {
      mode: this.#mode,
      copiesWanted: this.#copiesWanted,
      held: this.#options.held(),
      exhausted: this.#exhausted,
      blindly: this.#blindly,
      lost: this.#lost,
      stuck: new Map([...this.#stuck].map(([id, { why }]) => [id, why])),
    });
  }

  async #heal(): Promise<void> {
    try {
      await this.#options.interrupted.heal();
    } catch (error) {
      if (this.#loop !== null && isDatabaseTrouble(error)) throw error;
      this.#logger.warn('janitor.heal_failed', 'What was cut off is told to the database later.', {
        error: messageOf(error),
      });
    }
  }

  #forgetStuck(): void {
    const nowMs = this.#options.clock.monotonicMs();
    for (const [id, { untilMs }] of this.#stuck) if (untilMs <= nowMs) this.#stuck.delete(id);
  }

  #demands(usage: DiskUsage): Demand[] {
    return demandsOf(this.#mode, usage, this.#thresholds(), this.#minFreeBytes());
  }

  #thresholds(): Thresholds {
    const settings = this.#options.settings();
    return {
      warning: settings.janitor_threshold_warning,
      critical: settings.janitor_threshold_critical,
      emergency: settings.janitor_threshold_emergency,
    };
  }

  #minFreeBytes(): number | null {
    const { min_free_gb: gigabytes } = this.#options.settings();
    return gigabytes === null ? null : gigabytes * GB;
  }

  #stopping(): boolean {
    return this.#abort.signal.aborted;
  }
}

/** Does the disk still demand what this one was planned for? */
function isWanted({ severity }: Planned, demands: readonly Demand[]): boolean {
  return severity === null || demands.some((demand) => demand.severity === severity);
}

function diskIsAway(): NotAvailableError {
  return new NotAvailableError('data_disk', 'It is not known how full the data disk is.');
}
