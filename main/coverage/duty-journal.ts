import type { DesiredReason } from '@shared/model/recorder';
import type { Connection } from '../database/connection';

interface OpenDuty {
  readonly id: number;
  readonly device: string;
  readonly from_ms: number;
  readonly seen_ms: number;
  readonly desired: 0 | 1;
  readonly reason: DesiredReason;
}

/** What a console that is no more last saw. */
export interface LeftDuty {
  readonly device: string;
  readonly desired: boolean;
  readonly seenMs: number;
}

/** Writes down when each device should record: one row per change. All times are UTC milliseconds. */
export class DutyJournal {
  readonly #connection: Connection;
  readonly #clockTrusted: () => boolean;
  readonly #open;
  readonly #insert;
  readonly #end;
  readonly #seen;
  readonly #shift;
  readonly #endAt;
  /** Rows whose times come from a clock that was known to be wrong, each with the one before it. */
  readonly #provisional = new Map<number, number | null>();

  constructor(connection: Connection, clockTrusted: () => boolean) {
    this.#connection = connection;
    this.#clockTrusted = clockTrusted;
    const { sqlite } = connection;
    const open =
      'select id, device, from_ms, seen_ms, desired, reason from duties where to_ms is null';
    this.#open = {
      all: sqlite.prepare<[], OpenDuty>(open),
      of: sqlite.prepare<[string], OpenDuty>(`${open} and device = ?`),
    };
    this.#insert = sqlite.prepare<[string, number, number, number, DesiredReason], { id: number }>(
      `insert into duties (device, from_ms, seen_ms, desired, reason) values (?, ?, ?, ?, ?)
       returning id`,
    );
    this.#end = sqlite.prepare<[number, number, number]>(
      `update duties set to_ms = max(from_ms, ?), seen_ms = max(seen_ms, ?) where id = ?`,
    );
    this.#seen = sqlite.prepare<[number]>(
      'update duties set seen_ms = max(seen_ms, ?) where to_ms is null',
    );
    this.#shift = sqlite.prepare<[{ id: number; by: number }], { from_ms: number }>(
      `update duties set from_ms = from_ms + @by, to_ms = to_ms + @by, seen_ms = seen_ms + @by
       where id = @id returning from_ms`,
    );
    this.#endAt = sqlite.prepare<[number, number]>(
      'update duties set to_ms = max(from_ms, ?) where id = ?',
    );
  }

  /**
   * Takes over from a console that is no more: what it saw last ends there, and is taken to have gone on since, so
   * that time without a console is never time without a duty.
   */
  takeOver(nowMs: number): LeftDuty[] {
    return this.#connection.sqlite.transaction(() =>
      this.#open.all.all().map((duty) => {
        this.#end.run(duty.seen_ms, duty.seen_ms, duty.id);
        const { device, seen_ms: seenMs, desired } = duty;
        this.#insert.get(device, seenMs, Math.max(seenMs, nowMs), desired, 'console_stopped');
        return { device, desired: desired === 1, seenMs };
      }),
    )();
  }

  change(device: string, desired: boolean, reason: DesiredReason, nowMs: number): void {
    this.#connection.sqlite.transaction(() => {
      const before = this.#open.of.get(device);
      if (before !== undefined) this.#end.run(nowMs, nowMs, before.id);
      const row = this.#insert.get(device, nowMs, nowMs, desired ? 1 : 0, reason);
      if (row !== undefined && !this.#clockTrusted()) {
        this.#provisional.set(row.id, before?.id ?? null);
      }
    })();
  }

  /** Moves on until when it is known that the present duties held. */
  seen(nowMs: number): void {
    this.#seen.run(nowMs);
  }

  /** The clock was set: what was written by a wrong one moves along, what was not goes on at the new time. */
  clockStepped(stepMs: number, nowMs: number): void {
    const by = Math.round(stepMs);
    this.#connection.sqlite.transaction(() => {
      for (const [id, before] of this.#provisional) {
        const moved = this.#shift.get({ id, by });
        if (moved === undefined || before === null || this.#provisional.has(before)) continue;
        // What ended when this one began ends there still.
        this.#endAt.run(moved.from_ms, before);
      }
      for (const duty of this.#open.all.all()) {
        if (this.#provisional.has(duty.id)) continue;
        this.#end.run(nowMs - by, nowMs - by, duty.id);
        this.#insert.get(duty.device, nowMs, nowMs, duty.desired, duty.reason);
      }
      if (this.#clockTrusted()) this.#provisional.clear();
    })();
  }
}
