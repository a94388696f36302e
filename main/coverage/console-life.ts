import { z } from 'zod';
import type { ClockAnchor } from '../clock/clock-watch';
import type { Connection } from '../database/connection';

/** The console before this one, as far as the database knows. */
export interface FormerLife {
  readonly end: 'none' | 'stopped' | 'killed' | 'lost_power';
  /** Both clocks as it last saw them, where that was in this boot; null: in another one, or it did not say. */
  readonly lastLook: ClockAnchor | null;
}

/** How the console that ran last ended, and when; of one that was cut off, when it last gave a sign of life. */
export interface LastConsole {
  /** `unknown`: what told of it is older than its end. */
  readonly end: 'stopped' | 'killed' | 'lost_power' | 'unknown';
  readonly wallMs: number;
}

const lookSchema = z.object({ wallMs: z.number(), monotonicMs: z.number() });

interface Row {
  readonly state: string;
  readonly details: string;
  readonly counters: string;
  readonly updated_at_ms: number;
}

/** Writes down that a console lives, so that the next one knows whether it was stopped, killed or cut off. */
export class ConsoleLife {
  readonly #read;
  readonly #write;
  readonly #update;

  constructor({ sqlite }: Connection) {
    this.#read = sqlite.prepare<[], Row>(
      "select state, details, counters, updated_at_ms from managed_services where name = 'coverage'",
    );
    this.#write = sqlite.prepare<[string, string, number]>(
      `insert into managed_services (name, state, details, counters, updated_at_ms)
       values ('coverage', 'running', ?, ?, ?)
       on conflict (name) do update set state = excluded.state, details = excluded.details,
         counters = excluded.counters,         updated_at_ms = excluded.updated_at_ms`,
    );
    this.#update = sqlite.prepare<[string, string, number]>(
      "update managed_services set state = ?, counters = ?, updated_at_ms = ? where name = 'coverage'",
    );
  }

  begins(bootId: string, now: ClockAnchor): FormerLife {
    const before = this.#read.get();
    this.#write.run(bootId, JSON.stringify(now), Math.round(now.wallMs));
    if (before === undefined) return { end: 'none', lastLook: null };
    const lastLook = before.details === bootId ? lookOf(before.counters) : null;
    return { end: endOf(before, bootId), lastLook };
  }

  /** Without beginning one, while none runs; null: none ever did. */
  last(bootId: string): LastConsole | null {
    const row = this.#read.get();
    return row === undefined ? null : { end: endOf(row, bootId), wallMs: row.updated_at_ms };
  }

  seen(now: ClockAnchor): void {
    this.#update.run('running', JSON.stringify(now), Math.round(now.wallMs));
  }

  ends(now: ClockAnchor): void {
    this.#update.run('stopped', JSON.stringify(now), Math.round(now.wallMs));
  }
}

function endOf({ state, details }: Row, bootId: string): Exclude<LastConsole['end'], 'unknown'> {
  if (state !== 'running') return 'stopped';
  return details === bootId ? 'killed' : 'lost_power';
}

function lookOf(counters: string): ClockAnchor | null {
  try {
    return lookSchema.parse(JSON.parse(counters));
  } catch {
    return null;
  }
}
