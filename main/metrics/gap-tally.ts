import type { GapReason } from '@shared/model/coverage';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { counters, type Family, gauges } from './family';
import { NewRows } from './new-rows';
import { Tally } from './tally';

interface Row {
  readonly id: number;
  readonly device: string;
  readonly fromMs: number;
  readonly toMs: number | null;
  readonly reason: GapReason;
}

interface LastingGap {
  readonly row: Row;
  /** Of its time, milliseconds that are in the sum. */
  readonly countedMs: number;
}

/** Gaps since the station was opened. One that lasts grows with every scrape: a rate shows it before it is over. */
export class GapTally {
  readonly #clock: Clock;
  readonly #rows: NewRows<Row>;
  readonly #find;
  readonly #gaps = new Tally();
  readonly #seconds = new Tally();
  /** By id: one per device at most. */
  #lasting: LastingGap[];

  /** @throws better-sqlite3's SqliteError */
  constructor({ sqlite }: Connection, clock: Clock) {
    this.#clock = clock;
    const columns = 'id, device, from_ms as fromMs, to_ms as toMs, reason';
    const newest = sqlite
      .prepare<[], { id: number | null }>('select max(id) as id from gaps')
      .get();
    const read = sqlite.prepare<[number, number], Row>(
      `select ${columns} from gaps where id > ? order by id limit ?`,
    );
    this.#find = sqlite.prepare<[number], Row>(`select ${columns} from gaps where id = ?`);
    this.#rows = new NewRows(newest?.id ?? 0, (after, limit) => read.all(after, limit));
    // What lasts from before counts from now on: the console before told the rest of it.
    const latest = sqlite.prepare<[string], Row>(
      `select ${columns} from gaps indexed by ix_gaps_device_time
       where device = ? order by from_ms desc limit 1`,
    );
    this.#lasting = sqlite
      .prepare<[], { name: string }>('select name from devices')
      .all()
      .flatMap(({ name }) => latest.get(name) ?? [])
      .filter(({ toMs }) => toMs === null)
      .map((row) => ({ row, countedMs: this.#lengthMs(row) }));
  }

  /** @throws better-sqlite3's SqliteError */
  async families(): Promise<Family[]> {
    await this.#rows.takeIn((row) => {
      this.#gaps.add([row.device, row.reason], 1);
      this.#lasting.push({ row, countedMs: 0 });
    });
    this.#lasting = this.#lasting.flatMap((gap) => this.#count(gap));
    return [
      counters(
        'silvasonic_recorder_gaps_total',
        'Times in which a recorder should have recorded and did not, since the station was opened.',
        ['device', 'reason'],
        this.#gaps.samples(),
      ),
      counters(
        'silvasonic_recorder_gap_seconds_total',
        'Length of those, also of one that lasts.',
        ['device', 'reason'],
        this.#seconds.samples(),
      ),
      gauges(
        'silvasonic_recorder_gap_open_seconds',
        'For how long the gap has been lasting that a recorder is in; absent: it is in none.',
        ['device', 'reason'],
        this.#lasting.map(({ row }) => [[row.device, row.reason], this.#lengthMs(row) / 1000]),
      ),
    ];
  }

  /** Adds what was not counted of it yet. @returns it, where it goes on */
  #count({ row, countedMs }: LastingGap): LastingGap[] {
    // Read again: it may be over, be known better, or have been none.
    const now = countedMs === 0 && row.toMs !== null ? row : this.#find.get(row.id);
    if (now === undefined) return [];
    const lengthMs = this.#lengthMs(now);
    this.#seconds.add([now.device, now.reason], (lengthMs - countedMs) / 1000);
    return now.toMs === null ? [{ row: now, countedMs: Math.max(countedMs, lengthMs) }] : [];
  }

  #lengthMs({ fromMs, toMs }: Row): number {
    return Math.max(0, (toMs ?? this.#clock.wallMs()) - fromMs);
  }
}
