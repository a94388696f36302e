import type { Connection } from '../database/connection';

/** A moment at which both clocks were read together, and why. */
export interface ClockMoment {
  readonly reason: 'run_start' | 'step' | 'synced' | 'confirmed' | 'suspend';
  readonly wallMs: number;
  /** CLOCK_MONOTONIC of `bootId`. */
  readonly monotonicMs: number;
  readonly bootId: string | null;
  readonly synced: boolean | null;
  readonly runId?: string;
  /** For a step: by how much; for a suspend: for how long. Milliseconds. */
  readonly stepMs?: number;
}

/** Rows kept, beside those of this boot that times may still be derived from. */
const KEEP = 10_000;
const PRUNE_EVERY = 500;

/** The table `clock_anchors`: what was known of the clocks, and when. */
export class ClockHistory {
  readonly #insert;
  readonly #prune;
  readonly #ofBoot;
  readonly #newest;
  readonly #disown;
  readonly #sqlite;
  #untilPrune = 0;

  constructor(connection: Connection) {
    const { sqlite } = connection;
    this.#sqlite = sqlite;
    this.#insert = sqlite.prepare<[Record<string, unknown>]>(
      `insert into clock_anchors (run_id, boot_id, monotonic_ms, wall_ms, synced, reason, step_ms)
       values (@run_id, @boot_id, @monotonic_ms, @wall_ms, @synced, @reason, @step_ms)`,
    );
    this.#prune = sqlite.prepare<[number, string]>(
      `delete from clock_anchors
       where id <= (select max(id) from clock_anchors) - ?
         and (boot_id is not ? or reason = 'step' or (reason = 'run_start' and synced is not 0))`,
    );
    this.#ofBoot = sqlite.prepare<[string], Row>(
      `select reason, wall_ms, monotonic_ms, synced, step_ms from clock_anchors
       where boot_id = ? and reason <> 'run_start' order by monotonic_ms`,
    );
    this.#newest = sqlite.prepare<[], { seen: number | null; proven: number | null }>(
      `select max(wall_ms) as seen, max(case when synced = 1 then wall_ms end) as proven
       from clock_anchors where id >= coalesce(
         (select max(id) from clock_anchors where reason = 'confirmed'), 0)`,
    );
    this.#disown = sqlite.prepare<[number]>(
      `update recordings set clock_unsynced = 1, clock_unknown = 0
       where time_ms > ? and clock_unsynced = 0 and source = 'recorder'`,
    );
  }

  /** @throws better-sqlite3's SqliteError */
  write(moment: ClockMoment): void {
    this.#insert.run({
      run_id: moment.runId ?? null,
      boot_id: moment.bootId,
      monotonic_ms: moment.monotonicMs,
      wall_ms: moment.wallMs,
      synced: moment.synced === null ? null : Number(moment.synced),
      reason: moment.reason,
      step_ms: moment.stepMs ?? null,
    });
    this.#untilPrune -= 1;
    if (this.#untilPrune >= 0) return;
    this.#untilPrune = PRUNE_EVERY;
    if (moment.bootId !== null) this.#prune.run(KEEP, moment.bootId);
  }

  /**
   * A person says that the clock is right now: what lies ahead of it was recorded by a wrong one, and what was seen
   * before is no measure any more.
   * @param aheadMs recordings after this were made by a wrong clock, UTC milliseconds
   * @throws better-sqlite3's SqliteError; then nothing is written
   */
  confirm(moment: ClockMoment, aheadMs: number): void {
    this.#sqlite.transaction(() => {
      this.write(moment);
      this.#disown.run(aheadMs);
    })();
  }

  /** Steps, suspends, synchronisations and confirmations of a boot, oldest first. */
  ofBoot(bootId: string): ClockMoment[] {
    return this.#ofBoot.all(bootId).map((row) => ({
      reason: row.reason,
      wallMs: row.wall_ms,
      monotonicMs: row.monotonic_ms,
      bootId,
      synced: row.synced === null ? null : row.synced === 1,
      ...(row.step_ms === null ? {} : { stepMs: row.step_ms }),
    }));
  }

  /**
   * The latest times that this station wrote down since a person last confirmed its clock, UTC milliseconds;
   * -Infinity: none. `proven`: while the clock was known to be synchronised.
   */
  newest(): { seenMs: number; provenMs: number } {
    const anchors = this.#newest.get();
    // Prepared here, asked once: the newest of each microphone, along an index.
    const recording = this.#sqlite
      .prepare<[], { seen: number | null }>(
        // What is known to be wrong proves nothing, nor does what came from elsewhere: other clocks told its time.
        // Neither a season nor a card of it is read through.
        `with recursive microphones(name) as (
           select min(device) from recordings
           union all
           select (select min(device) from recordings where device > name)
           from microphones where name is not null)
         select max((
           select time_ms from (
             select time_ms, clock_unsynced, source from recordings
             where device = microphones.name order by time_ms desc limit 1000)
           where clock_unsynced = 0 and source = 'recorder' limit 1)) as seen
         from microphones
         where name is not null and not exists (
           select 1 from devices where devices.name = microphones.name and kind = 'imported')`,
      )
      .get();
    return {
      seenMs: Math.max(anchors?.seen ?? -Infinity, recording?.seen ?? -Infinity),
      provenMs: anchors?.proven ?? -Infinity,
    };
  }
}

interface Row {
  readonly reason: ClockMoment['reason'];
  readonly wall_ms: number;
  readonly monotonic_ms: number;
  readonly synced: 0 | 1 | null;
  readonly step_ms: number | null;
}
