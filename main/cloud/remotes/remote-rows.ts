import { asc, eq, isNull } from 'drizzle-orm';
import type { Clock } from '../../clock/clock';
import type { Connection } from '../../database/connection';
import { auditLog, storageRemotes } from '../../database/schema';
import { NotFoundError } from '../../request-error';

export type RemoteRow = typeof storageRemotes.$inferSelect;
export type NewRemote = typeof storageRemotes.$inferInsert;

/** Who did what, for the audit log. Never with a secret. */
export interface Act {
  readonly actor: string;
  readonly action: string;
  readonly before?: unknown;
  readonly after?: unknown;
}

/** The remotes in the database, with a row in the audit log for what was done to them. A removed one keeps its row. */
export class RemoteRows {
  readonly #connection: Connection;
  readonly #clock: Clock;
  /** Asked for with every recording: nobody else changes what is kept of them here. */
  #present: readonly RemoteRow[] | null = null;

  constructor(connection: Connection, clock: Clock) {
    this.#connection = connection;
    this.#clock = clock;
  }

  /** Those that were not removed, in the order in which they are served. */
  present(): readonly RemoteRow[] {
    this.#present ??= this.#connection.db
      .select()
      .from(storageRemotes)
      .where(isNull(storageRemotes.removedAtMs))
      .orderBy(asc(storageRemotes.createdAtMs), asc(storageRemotes.slug))
      .all();
    return this.#present;
  }

  /** @throws NotFoundError when there is none, or it was removed */
  get(slug: string): RemoteRow {
    const row = this.present().find((each) => each.slug === slug);
    if (row === undefined) throw new NotFoundError('remote', slug);
    return row;
  }

  /** Removed ones too. */
  all(): RemoteRow[] {
    return this.#connection.db.select().from(storageRemotes).all();
  }

  insert(row: NewRemote, act: Act): void {
    this.#write(row.slug, act, () => {
      this.#connection.db.insert(storageRemotes).values(row).run();
    });
  }

  /** @param act null: nothing that a person would ask after */
  update(slug: string, set: Partial<NewRemote>, act: Act | null): void {
    this.#write(slug, act, () => {
      this.#connection.db
        .update(storageRemotes)
        .set(set)
        .where(eq(storageRemotes.slug, slug))
        .run();
    });
  }

  #write(slug: string, act: Act | null, work: () => void): void {
    this.#connection.sqlite
      .transaction(() => {
        work();
        if (act === null) return;
        this.#connection.db
          .insert(auditLog)
          .values({
            atMs: this.#clock.wallMs(),
            actor: act.actor,
            action: act.action,
            subject: slug,
            oldValue: act.before ?? null,
            newValue: act.after ?? null,
          })
          .run();
      })
      .immediate();
    this.#present = null;
  }
}
