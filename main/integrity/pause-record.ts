import { desc, inArray } from 'drizzle-orm';
import type { IntegrityStatus } from '@shared/model/integrity';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { auditLog } from '../database/schema';

type Paused = IntegrityStatus['paused'];
/** Whoever asks: a person, by way of this. */
export type Pauser = NonNullable<Paused>['by'];

const PAUSED = 'integrity.paused';
const RESUMED = 'integrity.resumed';

/** Who has paused the job, and since when. It lasts over restarts, in the audit log, until a person resumes it. */
export class PauseRecord {
  readonly #connection: Connection;
  readonly #clock: Clock;
  #paused: Paused;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
    this.#paused = this.#last();
  }

  /** null: nobody has. */
  get paused(): Paused {
    return this.#paused;
  }

  /** Safe to repeat: whoever was first is told. */
  pause(by: Pauser): void {
    if (this.#paused !== null) return;
    this.#write(PAUSED, by);
    this.#paused = { by, at: toInstant(this.#clock.wallMs()) };
  }

  resume(by: Pauser): void {
    if (this.#paused === null) return;
    this.#write(RESUMED, by);
    this.#paused = null;
  }

  #write(action: string, actor: Pauser): void {
    const atMs = this.#clock.wallMs();
    this.#connection.db
      .insert(auditLog)
      .values({ atMs, actor, action, subject: 'integrity' })
      .run();
  }

  #last(): Paused {
    const row = this.#connection.db
      .select({ action: auditLog.action, actor: auditLog.actor, atMs: auditLog.atMs })
      .from(auditLog)
      .where(inArray(auditLog.action, [PAUSED, RESUMED]))
      .orderBy(desc(auditLog.id))
      .limit(1)
      .get();
    if (row?.action !== PAUSED) return null;
    return { by: row.actor === 'page' ? 'page' : 'command_line', at: toInstant(row.atMs) };
  }
}
