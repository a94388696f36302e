import type { Connection } from '../database/connection';

/** How the console before this one ended, as far as the database knows. */
export type FormerLife = 'none' | 'stopped' | 'killed' | 'lost_power';

/** Writes down that a console lives, so that the next one knows whether it was stopped, killed or cut off. */
export class ConsoleLife {
  readonly #read;
  readonly #write;
  readonly #update;

  constructor({ sqlite }: Connection) {
    this.#read = sqlite.prepare<[], { state: string; details: string }>(
      "select state, details from managed_services where name = 'coverage'",
    );
    this.#write = sqlite.prepare<[string, number]>(
      `insert into managed_services (name, state, details, counters, updated_at_ms)
       values ('coverage', 'running', ?, '{}', ?)
       on conflict (name) do update set state = excluded.state, details = excluded.details,
         updated_at_ms = excluded.updated_at_ms`,
    );
    this.#update = sqlite.prepare<[string, number]>(
      "update managed_services set state = ?, updated_at_ms = ? where name = 'coverage'",
    );
  }

  begins(bootId: string, nowMs: number): FormerLife {
    const before = this.#read.get();
    this.#write.run(bootId, nowMs);
    if (before === undefined) return 'none';
    if (before.state !== 'running') return 'stopped';
    return before.details === bootId ? 'killed' : 'lost_power';
  }

  seen(nowMs: number): void {
    this.#update.run('running', nowMs);
  }

  ends(nowMs: number): void {
    this.#update.run('stopped', nowMs);
  }
}
