import { and, asc, eq, isNull } from 'drizzle-orm';
import type { Alert } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { alerts } from '../database/schema';
import type { EventBus } from '../events/bus';

/** What is wrong now and what was. An alert is open once, however often it is raised. */
export class Alerts {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #bus: EventBus;

  constructor(options: { connection: Connection; clock: Clock; bus: EventBus }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#bus = options.bus;
  }

  /** @param subject what it is about, e.g. a device; '' = the station */
  raise(code: string, level: Alert['level'], evidence: string, subject = ''): void {
    const { changes } = this.#connection.db
      .insert(alerts)
      .values({ code, level, subject, evidence, sinceMs: this.#clock.wallMs() })
      .onConflictDoNothing()
      .run();
    if (changes > 0) this.#bus.emit('alert.changed', { code });
  }

  clear(code: string, subject = ''): void {
    const { changes } = this.#connection.db
      .update(alerts)
      .set({ clearedAtMs: this.#clock.wallMs() })
      .where(and(eq(alerts.code, code), eq(alerts.subject, subject), isNull(alerts.clearedAtMs)))
      .run();
    if (changes > 0) this.#bus.emit('alert.changed', { code });
  }

  /** Oldest first. */
  open(): Alert[] {
    return this.#connection.db
      .select()
      .from(alerts)
      .where(isNull(alerts.clearedAtMs))
      .orderBy(asc(alerts.sinceMs))
      .all()
      .map((row) => ({
        id: row.id,
        code: row.code,
        level: row.level,
        since: toInstant(row.sinceMs),
        subject: row.subject === '' ? null : row.subject,
        evidence: row.evidence,
      }));
  }
}
