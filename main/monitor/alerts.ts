import { and, desc, eq, isNotNull, isNull, lt, lte, max } from 'drizzle-orm';
import type { Alert, PastAlert } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { alerts } from '../database/schema';
import type { EventBus } from '../events/bus';

type Row = typeof alerts.$inferSelect;

/** Cleared alerts beyond the newest so many are forgotten; open ones never. */
const HISTORY_KEPT = 10_000;
/** How often the oldest are looked for, in alerts. */
const PRUNE_EVERY = 100;
/** What waits for a database that takes nothing; beyond it the oldest cleared ones are let go. */
const MOST_UNSAVED = 1_000;
const EVIDENCE_MS = 30_000;

/**
 * What is wrong now and what was. An alert is open once, however often it is raised. What is open is held in
 * memory: the disk that fails is what there is to tell of, and the database lies on it.
 */
export class Alerts {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #bus: EventBus;
  readonly #historyKept: number;
  /** By code and subject. */
  readonly #open = new Map<string, Row>();
  /** When the evidence of an open one was last told, monotonic milliseconds. */
  readonly #toldMs = new Map<string, number>();
  /** By id: what the database does not know yet. */
  readonly #unsaved = new Map<number, Row>();
  #nextId: number;

  constructor(options: {
    connection: Connection;
    clock: Clock;
    bus: EventBus;
    historyKept?: number;
  }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#bus = options.bus;
    this.#historyKept = options.historyKept ?? HISTORY_KEPT;
    const { db } = options.connection;
    for (const row of db.select().from(alerts).where(isNull(alerts.clearedAtMs)).all()) {
      this.#open.set(keyOf(row.code, row.subject), row);
    }
    const newest = db
      .select({ id: max(alerts.id) })
      .from(alerts)
      .get();
    this.#nextId = (newest?.id ?? 0) + 1;
  }

  /** Changes that the database has not taken yet. */
  get unsaved(): number {
    return this.#unsaved.size;
  }

  /**
   * Safe to repeat: of one that is open the evidence follows, twice a minute at most.
   * @param subject what it is about, e.g. a device; '' = the station
   */
  raise(code: string, level: Alert['level'], evidence: string, subject = ''): void {
    const key = keyOf(code, subject);
    const known = this.#open.get(key);
    const nowMs = this.#clock.monotonicMs();
    if (known !== undefined) {
      if (known.evidence === evidence) return;
      if (nowMs - (this.#toldMs.get(key) ?? -Infinity) < EVIDENCE_MS) return;
      this.#toldMs.set(key, nowMs);
      this.#open.set(key, { ...known, evidence });
      this.#keep({ ...known, evidence });
      return;
    }
    this.#toldMs.set(key, nowMs);
    const sinceMs = this.#clock.wallMs();
    const row = { id: this.#nextId, code, level, subject, evidence, sinceMs, clearedAtMs: null };
    this.#nextId += 1;
    this.#open.set(key, row);
    this.#keep(row);
  }

  clear(code: string, subject = ''): void {
    const key = keyOf(code, subject);
    const row = this.#open.get(key);
    if (row === undefined) return;
    this.#open.delete(key);
    this.#toldMs.delete(key);
    this.#keep({ ...row, clearedAtMs: this.#clock.wallMs() });
  }

  /** Oldest first. */
  open(): Alert[] {
    return [...this.#open.values()]
      .sort((a, b) => a.sinceMs - b.sinceMs || a.id - b.id)
      .map(toAlert);
  }

  /** Open and cleared ones, the newest first. */
  history(request: { limit: number; beforeId?: number | undefined }): PastAlert[] {
    const { limit, beforeId } = request;
    return this.#connection.db
      .select()
      .from(alerts)
      .where(beforeId === undefined ? undefined : lt(alerts.id, beforeId))
      .orderBy(desc(alerts.id))
      .limit(limit)
      .all()
      .map((row) => ({
        ...toAlert(row),
        clearedAt: row.clearedAtMs === null ? null : toInstant(row.clearedAtMs),
      }));
  }

  /** Writes what a failing database refused before. @returns whether it has everything now */
  save(): boolean {
    if (this.#unsaved.size === 0) return true;
    try {
      this.#connection.sqlite
        .transaction(() => {
          for (const row of this.#unsaved.values()) this.#write(row);
        })
        .immediate();
      this.#unsaved.clear();
      return true;
    } catch {
      return false; // held in memory until it can be
    }
  }

  #keep(row: Row): void {
    this.#unsaved.set(row.id, row);
    if (!this.save() && this.#unsaved.size > MOST_UNSAVED) this.#letGo();
    this.#bus.emit('alert.changed', { code: row.code });
  }

  #letGo(): void {
    const oldest = [...this.#unsaved.values()].find((row) => row.clearedAtMs !== null);
    if (oldest !== undefined) this.#unsaved.delete(oldest.id);
  }

  #write(row: Row): void {
    const { db } = this.#connection;
    const { changes } = db.insert(alerts).values(row).onConflictDoNothing().run();
    if (changes === 0) {
      const { clearedAtMs, evidence } = row;
      db.update(alerts).set({ clearedAtMs, evidence }).where(eq(alerts.id, row.id)).run();
    }
    if (row.id % PRUNE_EVERY !== 0) return;
    db.delete(alerts)
      .where(and(lte(alerts.id, row.id - this.#historyKept), isNotNull(alerts.clearedAtMs)))
      .run();
  }
}

function keyOf(code: string, subject: string): string {
  return JSON.stringify([code, subject]);
}

function toAlert(row: Row): Alert {
  return {
    id: row.id,
    code: row.code,
    level: row.level,
    since: toInstant(row.sinceMs),
    subject: row.subject === '' ? null : row.subject,
    evidence: row.evidence,
  };
}
