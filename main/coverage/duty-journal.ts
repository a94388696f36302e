import type { DesiredReason } from '@shared/model/recorder';
import type { Connection } from '../database/connection';

interface OpenDuty {
  readonly id: number;
  readonly device: string;
  readonly from_ms: number;
  readonly seen_ms: number;
  readonly desired: 0 | 1;
  readonly reason: DesiredReason;
  readonly provisional_boot: string | null;
}

/** What a console that is no more last saw. */
export interface LeftDuty {
  readonly device: string;
  readonly desired: boolean;
  /** Since when it had seen so. */
  readonly fromMs: number;
  readonly seenMs: number;
}

/** Writes down when each device should record: one row per change. All times are UTC milliseconds. */
export class DutyJournal {
  readonly #connection: Connection;
  readonly #wrongBoot: () => string | null;
  readonly #open;
  readonly #insert;
  readonly #end;
  readonly #seen;
  readonly #shift;
  readonly #endBefore;
  readonly #settle;

  /** @param wrongBoot the present boot while its clock is known to be wrong; null: the clock can be trusted */
  constructor(connection: Connection, wrongBoot: () => string | null) {
    this.#connection = connection;
    this.#wrongBoot = wrongBoot;
    const { sqlite } = connection;
    const open = `select id, device, from_ms, seen_ms, desired, reason, provisional_boot from duties
       where to_ms is null`;
    this.#open = {
      all: sqlite.prepare<[], OpenDuty>(open),
      of: sqlite.prepare<[string], OpenDuty>(`${open} and device = ?`),
    };
    this.#insert = sqlite.prepare<[string, number, number, number, DesiredReason, string | null]>(
      `insert into duties (device, from_ms, seen_ms, desired, reason, provisional_boot)
       values (?, ?, ?, ?, ?, ?)`,
    );
    this.#end = sqlite.prepare<[number, number, number]>(
      `update duties set to_ms = max(from_ms, ?), seen_ms = max(seen_ms, ?) where id = ?`,
    );
    this.#seen = sqlite.prepare<[number]>(
      'update duties set seen_ms = max(seen_ms, ?) where to_ms is null',
    );
    this.#shift = sqlite.prepare<[{ boot: string; by: number }]>(
      `update duties set from_ms = from_ms + @by, to_ms = to_ms + @by, seen_ms = seen_ms + @by
       where provisional_boot = @boot`,
    );
    // What ended when one of these began ends there still.
    this.#endBefore = sqlite.prepare<[{ boot: string }]>(
      `update duties set to_ms = max(duties.from_ms, next.from_ms)
       from duties as next
       where next.provisional_boot = @boot and duties.provisional_boot is not @boot
         and duties.id = (select max(id) from duties as earlier
           where earlier.device = next.device and earlier.id < next.id)`,
    );
    this.#settle = sqlite.prepare<[string]>(
      'update duties set provisional_boot = null where provisional_boot = ?',
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
        const { device, from_ms: fromMs, seen_ms: seenMs, desired, provisional_boot: boot } = duty;
        this.#insert.run(device, seenMs, Math.max(seenMs, nowMs), desired, 'console_stopped', boot);
        return { device, desired: desired === 1, fromMs, seenMs };
      }),
    )();
  }

  change(device: string, desired: boolean, reason: DesiredReason, nowMs: number): void {
    this.#connection.sqlite.transaction(() => {
      const before = this.#open.of.get(device);
      if (before !== undefined) this.#end.run(nowMs, nowMs, before.id);
      this.#insert.run(device, nowMs, nowMs, desired ? 1 : 0, reason, this.#wrongBoot());
    })();
  }

  /** While no console runs: where that changes what the last one left. One that never left a duty changes nothing. */
  changeLeft(device: string, desired: boolean, reason: DesiredReason, nowMs: number): void {
    const left = this.#open.of.get(device);
    if (left === undefined || (left.desired === 1) === desired) return;
    this.change(device, desired, reason, nowMs);
  }

  /** Moves on until when it is known that the present duties held. */
  seen(nowMs: number): void {
    this.#seen.run(nowMs);
  }

  /** The clock was set: what was written by a wrong one moves along, what was not goes on at the new time. */
  clockStepped(boot: string, stepMs: number, nowMs: number): void {
    const by = Math.round(stepMs);
    this.#connection.sqlite.transaction(() => {
      this.move(boot, by);
      for (const duty of this.#open.all.all()) {
        if (duty.provisional_boot === boot) continue;
        this.#end.run(nowMs - by, nowMs - by, duty.id);
        this.#insert.run(duty.device, nowMs, nowMs, duty.desired, duty.reason, this.#wrongBoot());
      }
    })();
  }

  /** Moves what a wrong clock of that boot wrote. */
  move(boot: string, byMs: number): void {
    this.#connection.sqlite.transaction(() => {
      this.#shift.run({ boot, by: Math.round(byMs) });
      this.#endBefore.run({ boot });
    })();
  }

  /** The clock is right now: what it wrote in that boot, moved or not, holds. */
  settle(boot: string): void {
    this.#settle.run(boot);
  }
}
