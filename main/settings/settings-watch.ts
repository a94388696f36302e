import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Service, ServiceStatus } from '../service';
import type { SettingsStore } from './settings-store';

const LOOK_MS = 2_000;

/** Takes over settings that another process wrote into the database, within two seconds. */
export class SettingsWatch implements Service {
  readonly name = 'settings';
  readonly #settings: SettingsStore;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;

  constructor(settings: SettingsStore, clock: Clock) {
    this.#settings = settings;
    this.#nudge = new Nudge(clock);
  }

  start(): Promise<void> {
    this.#loop ??= this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    await this.#loop;
  }

  status(): ServiceStatus {
    const problems = this.#settings.problems();
    return {
      name: this.name,
      state: this.#abort.signal.aborted ? 'stopped' : problems.length === 0 ? 'ok' : 'degraded',
      details: problems.map(({ key, problem }) => `${key}: ${problem}`).join('; '),
      counters: { invalid: problems.length },
    };
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    for (;;) {
      await this.#nudge.wait(LOOK_MS, signal);
      if (signal.aborted) return;
      this.#settings.reloadIfChanged();
    }
  }
}
