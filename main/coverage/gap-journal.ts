import type { GapReason } from '@shared/model/coverage';
import type { Connection } from '../database/connection';

interface GapRow {
  readonly id: number;
  readonly from_ms: number;
  readonly to_ms: number | null;
}

/** A gap that lasts. */
export interface OpenGap {
  readonly id: number;
  readonly device: string;
  readonly fromMs: number;
  readonly reason: GapReason;
  readonly detail: string;
}

export interface Cause {
  readonly reason: GapReason;
  readonly detail: string;
}

/** Shorter ones are seams; of what was lost inside a run every millisecond counts. */
const LEAST_GAP_MS = 20;
const LEAST_LOSS_MS = 1;

/** Writes down gaps; no two of one device overlap, and one lasts at most. All times are UTC milliseconds. */
export class GapJournal {
  readonly #connection: Connection;
  readonly #wrongBoot: () => string | null;
  readonly #latest;
  readonly #overlapping;
  readonly #insert;
  readonly #end;
  readonly #remove;
  readonly #rename;
  readonly #losses;
  readonly #shift;
  readonly #settle;

  /** @param wrongBoot the present boot while its clock is known to be wrong; null: the clock can be trusted */
  constructor(connection: Connection, wrongBoot: () => string | null) {
    this.#connection = connection;
    this.#wrongBoot = wrongBoot;
    const { sqlite } = connection;
    // As none overlap, the one that lasts is the latest: years of others are not looked at.
    this.#latest = sqlite.prepare<[string], OpenGap & { toMs: number | null; boot: string | null }>(
      `select id, device, from_ms as fromMs, to_ms as toMs, reason, detail, provisional_boot as boot from gaps
       where device = ? order by from_ms desc limit 1`,
    );
    this.#overlapping = sqlite.prepare<[{ device: string; from: number; to: number }], GapRow>(
      `select id, from_ms, to_ms from gaps
       where device = @device and from_ms < @to and from_ms >= coalesce(
         (select max(from_ms) from gaps where device = @device and from_ms <= @from), @from)
       and (to_ms is null or to_ms > @from) order by from_ms`,
    );
    this.#insert = sqlite.prepare<
      [string, number, number | null, GapReason, string, string | null]
    >(
      `insert into gaps (device, from_ms, to_ms, reason, detail, provisional_boot)
       values (?, ?, ?, ?, ?, ?)`,
    );
    this.#end = sqlite.prepare<[number, number]>('update gaps set to_ms = ? where id = ?');
    this.#remove = sqlite.prepare<[number]>('delete from gaps where id = ?');
    this.#rename = sqlite.prepare<[GapReason, string, number]>(
      'update gaps set reason = ?, detail = ? where id = ?',
    );
    this.#losses = sqlite.prepare<[string, number], GapRow & { readonly to_ms: number }>(
      `select id, from_ms, to_ms from gaps
       where device = ? and from_ms >= ? and to_ms is not null and reason in ('overrun', 'lost')
       order by from_ms desc`,
    );
    this.#shift = sqlite.prepare<[{ boot: string; by: number }]>(
      `update gaps set from_ms = from_ms + @by, to_ms = to_ms + @by
       where provisional_boot = @boot`,
    );
    this.#settle = sqlite.prepare<[string]>(
      'update gaps set provisional_boot = null where provisional_boot = ?',
    );
  }

  openOf(device: string): OpenGap | null {
    const latest = this.#latest.get(device);
    if (latest === undefined) return null;
    const { id, fromMs, reason, detail } = latest;
    return latest.toMs === null ? { id, device, fromMs, reason, detail } : null;
  }

  /** A gap begins; where another one lies, behind it. */
  open(device: string, fromMs: number, cause: Cause): void {
    this.#connection.sqlite.transaction(() => {
      let startMs = Math.round(fromMs);
      const range = { device, from: startMs, to: Number.MAX_SAFE_INTEGER };
      for (const row of this.#overlapping.all(range)) {
        if (row.to_ms === null) this.#endRow(row, startMs);
        else startMs = Math.max(startMs, row.to_ms);
      }
      this.#add(device, startMs, null, cause);
    })();
  }

  /** The gap that lasts is over; a seam is no gap. */
  close(device: string, atMs: number): void {
    const gap = this.openOf(device);
    if (gap !== null) {
      this.#endRow({ id: gap.id, from_ms: gap.fromMs, to_ms: null }, Math.round(atMs));
    }
  }

  /** What is known by now of the gap that lasts. */
  explain(gap: OpenGap, { reason, detail }: Cause): void {
    this.#rename.run(reason, detail, gap.id);
  }

  /** A gap that is over; only what no other one holds already. */
  add(device: string, fromMs: number, toMs: number, cause: Cause): void {
    this.#connection.sqlite.transaction(() => {
      let startMs = Math.round(fromMs);
      const endMs = Math.round(toMs);
      for (const row of this.#overlapping.all({ device, from: startMs, to: endMs })) {
        this.#add(device, startMs, Math.min(row.from_ms, endMs), cause);
        startMs = Math.max(startMs, row.to_ms ?? endMs);
      }
      this.#add(device, startMs, endMs, cause);
    })();
  }

  /**
   * Sound that was told to be lost came after all: the latest losses were none, as far as that goes.
   * @param sinceMs none that began earlier
   */
  shorten(device: string, sinceMs: number, foundMs: number): void {
    this.#connection.sqlite.transaction(() => {
      let leftMs = Math.round(foundMs);
      for (const row of this.#losses.all(device, sinceMs)) {
        if (leftMs <= 0) return;
        const takenMs = Math.min(leftMs, row.to_ms - row.from_ms);
        leftMs -= takenMs;
        if (row.from_ms + takenMs >= row.to_ms) this.#remove.run(row.id);
        else this.#end.run(row.to_ms - takenMs, row.id);
      }
    })();
  }

  /** The clock was set: what was written by a wrong one moves along, what was not goes on at the new time. */
  clockStepped(boot: string, stepMs: number, nowMs: number, devices: Iterable<string>): void {
    const by = Math.round(stepMs);
    this.#connection.sqlite.transaction(() => {
      this.move(boot, by);
      for (const device of devices) {
        const gap = this.openOf(device);
        if (gap === null || this.#latest.get(device)?.boot === boot) continue;
        this.#endRow({ id: gap.id, from_ms: gap.fromMs, to_ms: null }, nowMs - by);
        this.#add(device, nowMs, null, gap);
      }
    })();
  }

  /** Moves what a wrong clock of that boot wrote. */
  move(boot: string, byMs: number): void {
    this.#shift.run({ boot, by: Math.round(byMs) });
  }

  /** The clock is right now: what it wrote in that boot, moved or not, holds. */
  settle(boot: string): void {
    this.#settle.run(boot);
  }

  #add(device: string, fromMs: number, toMs: number | null, { reason, detail }: Cause): void {
    const leastMs = reason === 'overrun' || reason === 'lost' ? LEAST_LOSS_MS : LEAST_GAP_MS;
    if (toMs !== null && toMs - fromMs < leastMs) return;
    this.#insert.run(device, fromMs, toMs, reason, detail, this.#wrongBoot());
  }

  #endRow(row: GapRow, atMs: number): void {
    if (atMs - row.from_ms < LEAST_GAP_MS) this.#remove.run(row.id);
    else this.#end.run(atMs, row.id);
  }
}
