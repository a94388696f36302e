import type { RecorderStatus } from '@shared/model/recorder';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { EventBus, StationEvents } from '../events/bus';
import type { Logger } from '../logging/logger';
import type { Service, ServiceStatus } from '../service';
import { ALERT_RULES, isJudgedCode } from './alert-rules';
import type { Alerts } from './alerts';
import { type Held, type HeldConditions, heldKey, holdOff } from './hold-off';
import { RecentGrowth } from './recent-growth';
import type { RecentLoss } from './recorder-alerts';
import { conditionsOf, type StationFacts } from './station-alerts';
import { messageOf } from '../error-message';

/** What the keeper is told; what happened lately it remembers itself. */
export type PresentFacts = Omit<StationFacts, 'clockStep' | 'recentLoss' | 'recentFlaps'>;

export interface AlertKeeperOptions {
  readonly alerts: Alerts;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly facts: () => PresentFacts;
}

const LOOK_MS = 1_000;
const RECENT_MS = 10 * 60_000;
const REFUSED_RECENT_MS = 60 * 60_000;
const STEP_TOLD_MS = 60 * 60_000;

const CAUSES = [
  'recorder.changed',
  'device.changed',
  'data_disk.changed',
  'clock.synced',
  'settings.changed',
] as const;

/** Keeps the open alerts equal to what is wrong: judges the facts once a second and on every change. */
export class AlertKeeper implements Service {
  readonly name = 'alerts';
  readonly #options: AlertKeeperOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  #held: HeldConditions = new Map();
  readonly #losses = new RecentGrowth(RECENT_MS);
  readonly #refusals = new RecentGrowth(REFUSED_RECENT_MS);
  readonly #flaps = new RecentGrowth(RECENT_MS);
  #step: { readonly stepMs: number; readonly at: string; readonly monotonicMs: number } | null =
    null;
  #failure: string | null = null;

  constructor(options: AlertKeeperOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(options.clock);
  }

  start(): Promise<void> {
    if (this.#loop !== null) return Promise.resolve();
    const { alerts, bus, clock } = this.#options;
    this.#held = alreadyOpen(alerts, clock.monotonicMs());
    const nudge = (): void => {
      this.#nudge.nudge();
    };
    for (const cause of CAUSES) bus.on(cause, nudge);
    bus.on('clock.stepped', this.#onStep);
    this.#abort.signal.addEventListener('abort', () => {
      for (const cause of CAUSES) bus.off(cause, nudge);
      bus.off('clock.stepped', this.#onStep);
    });
    this.#loop = this.#run();
    return Promise.resolve();
  }

  /** What is open stays open: the next start judges it. */
  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  status(): ServiceStatus {
    const { alerts } = this.#options;
    const unsaved = alerts.unsaved;
    const waiting =
      unsaved === 0 ? '' : `${String(unsaved)} alert(s) wait for the database to take them.`;
    return {
      name: this.name,
      state: this.#abort.signal.aborted
        ? 'stopped'
        : this.#failure !== null || unsaved > 0
          ? 'degraded'
          : 'ok',
      details: this.#failure ?? waiting,
      counters: { open: alerts.open().length, unsaved },
    };
  }

  readonly #onStep = (step: StationEvents['clock.stepped'][0]): void => {
    // Each step is told by itself.
    const told = heldKey({ code: 'clock.stepped', subject: '' });
    this.#held = new Map([...this.#held].filter(([key]) => key !== told));
    this.#options.alerts.clear('clock.stepped');
    this.#step = {
      stepMs: step.stepMs,
      at: toInstant(step.atWallMs),
      monotonicMs: this.#options.clock.monotonicMs(),
    };
    this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        this.#judge();
        this.#failure = null;
      } catch (error) {
        this.#failed(error);
      }
      await this.#nudge.wait(LOOK_MS, signal);
    }
  }

  #judge(): void {
    const { alerts, clock } = this.#options;
    const now = clock.monotonicMs();
    alerts.save();
    const before = this.#held;
    this.#held = holdOff(before, conditionsOf(this.#facts(now)), now);
    for (const { condition, open, goneMs } of this.#held.values()) {
      if (!open || goneMs !== null) continue;
      const { code, subject, evidence } = condition;
      alerts.raise(code, ALERT_RULES[code].level, evidence, subject);
    }
    for (const [key, { condition, open }] of before) {
      if (open && !this.#held.has(key)) alerts.clear(condition.code, condition.subject);
    }
  }

  #facts(monotonicMs: number): StationFacts {
    const present = this.#options.facts();
    const step = this.#step;
    const names = new Set(present.devices.map((device) => device.name));
    this.#flaps.keepOnly(names);
    this.#refusals.keepOnly(names);
    this.#losses.keepOnly(new Set([...names].flatMap((name) => [`${name}/s`, `${name}/n`])));
    return {
      ...present,
      clockStep: step !== null && monotonicMs - step.monotonicMs < STEP_TOLD_MS ? step : null,
      recentLoss: new Map(
        present.recorders.map((recorder) => [
          recorder.device,
          this.#recentLoss(recorder, monotonicMs),
        ]),
      ),
      recentFlaps: new Map(
        present.devices.map(({ name, flaps }) => [
          name,
          this.#flaps.observe(name, flaps, monotonicMs),
        ]),
      ),
    };
  }

  #recentLoss(recorder: RecorderStatus, monotonicMs: number): RecentLoss {
    const { device, lostS, overruns, segmentsRefused } = recorder;
    return {
      lostS: this.#losses.observe(`${device}/s`, lostS, monotonicMs),
      overruns: this.#losses.observe(`${device}/n`, overruns, monotonicMs),
      refusedSegments: this.#refusals.observe(device, segmentsRefused, monotonicMs),
    };
  }

  #failed(error: unknown): void {
    const failure = `Alerts cannot be judged: ${messageOf(error)}`;
    if (failure !== this.#failure) this.#logger.error('alerts.failed', failure, { error });
    this.#failure = failure;
  }
}

/** What an earlier console left open counts as open until it is found to be over. */
function alreadyOpen(alerts: Alerts, monotonicMs: number): HeldConditions {
  const held = new Map<string, Held>();
  for (const { code, subject, evidence } of alerts.open()) {
    if (!isJudgedCode(code)) continue;
    const condition = { code, subject: subject ?? '', evidence };
    held.set(heldKey(condition), { condition, sinceMs: monotonicMs, goneMs: null, open: true });
  }
  return held;
}
