import { isDeepStrictEqual } from 'node:util';
import { and, eq, isNotNull, isNull } from 'drizzle-orm';
import { profileSchema, type Profile, type ProfileEntry } from '@shared/model/profile';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { devices, microphoneProfiles } from '../database/schema';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { ConflictError, NotFoundError } from '../request-error';
import { firstProblem } from '../schema-problem';

export interface ProfileStoreOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
}

/** The profiles: shipped seeds, and what people made or changed. A person's profile is never overwritten. */
export class ProfileStore {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #bus: EventBus;
  readonly #logger: Logger;
  #seedSlugs: ReadonlySet<string> = new Set();
  readonly #unreadable = new Set<string>();

  constructor(options: ProfileStoreOptions) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#bus = options.bus;
    this.#logger = options.logger.forService('profiles');
  }

  /**
   * Inserts each seed whose slug is new, all in one transaction; never changes a profile that is there.
   * @param seeds from `readProfileSeeds`
   * @returns the slugs that were inserted
   */
  seed(seeds: readonly Profile[]): readonly string[] {
    this.#seedSlugs = new Set(seeds.map((profile) => profile.slug));
    const inserted = this.#connection.sqlite
      .transaction(() => seeds.filter((profile) => this.#insert(profile, 'seed')))
      .immediate()
      .map((profile) => profile.slug);
    if (inserted.length > 0) {
      const text = `Added ${String(inserted.length)} microphone profiles.`;
      this.#logger.info('profiles.seeded', text, { slugs: inserted });
      for (const slug of inserted) this.#bus.emit('profile.changed', { slug });
    }
    return inserted;
  }

  /** Every profile in order of its name, with the devices that use it. */
  list(): ProfileEntry[] {
    const users = this.#users();
    return this.#connection.db
      .select()
      .from(microphoneProfiles)
      .orderBy(microphoneProfiles.slug)
      .all()
      .flatMap((row) => this.#entry(row, users.get(row.slug) ?? []))
      .sort((a, b) => a.profile.name.localeCompare(b.profile.name, 'en'));
  }

  /** The profiles alone, for matching. */
  profiles(): Profile[] {
    return this.list().map((entry) => entry.profile);
  }

  /** @throws NotFoundError */
  get(slug: string): ProfileEntry {
    const entry = this.#find(slug);
    if (entry === undefined) throw new NotFoundError('profile', slug);
    return entry;
  }

  /** @throws ConflictError already_exists */
  create(profile: Profile): ProfileEntry {
    if (!this.#insert(profile, 'user')) {
      throw new ConflictError(
        'already_exists',
        profile.slug,
        `There is a profile "${profile.slug}" already.`,
      );
    }
    return this.#changed(profile.slug);
  }

  /**
   * Replaces a profile's definition. A changed seed becomes the user's own.
   * @throws NotFoundError
   */
  update(profile: Profile): ProfileEntry {
    const existing = this.#find(profile.slug);
    const there = existing !== undefined || this.#unreadable.has(profile.slug);
    if (!there) throw new NotFoundError('profile', profile.slug);
    if (existing !== undefined && isDeepStrictEqual(existing.profile, profile)) return existing;
    this.#connection.db
      .update(microphoneProfiles)
      .set({ definition: profile, origin: 'user', updatedAtMs: this.#clock.wallMs() })
      .where(eq(microphoneProfiles.slug, profile.slug))
      .run();
    this.#unreadable.delete(profile.slug);
    return this.#changed(profile.slug);
  }

  /**
   * Deletes a user's profile.
   * @returns false when there was none
   * @throws ConflictError `seeded` when it ships with the station, `in_use` when a device uses it
   */
  remove(slug: string): boolean {
    const removed = this.#connection.sqlite
      .transaction(() => {
        const row = this.#connection.db
          .select({ origin: microphoneProfiles.origin })
          .from(microphoneProfiles)
          .where(eq(microphoneProfiles.slug, slug))
          .get();
        if (row === undefined) return false;
        if (row.origin === 'seed' || this.#seedSlugs.has(slug)) {
          throw new ConflictError('seeded', slug, `The profile "${slug}" ships with the station.`);
        }
        if ((this.#users().get(slug) ?? []).length > 0) {
          throw new ConflictError('in_use', slug, `A microphone uses the profile "${slug}".`);
        }
        // Devices that a person removed keep their row, but need no profile any more.
        this.#connection.db
          .update(devices)
          .set({ profileSlug: null })
          .where(and(eq(devices.profileSlug, slug), isNotNull(devices.removedAtMs)))
          .run();
        this.#connection.db
          .delete(microphoneProfiles)
          .where(eq(microphoneProfiles.slug, slug))
          .run();
        return true;
      })
      .immediate();
    if (removed) this.#bus.emit('profile.changed', { slug });
    return removed;
  }

  #insert(profile: Profile, origin: 'seed' | 'user'): boolean {
    const now = this.#clock.wallMs();
    const { changes } = this.#connection.db
      .insert(microphoneProfiles)
      .values({
        slug: profile.slug,
        definition: profile,
        origin,
        createdAtMs: now,
        updatedAtMs: now,
      })
      .onConflictDoNothing()
      .run();
    return changes > 0;
  }

  #changed(slug: string): ProfileEntry {
    this.#bus.emit('profile.changed', { slug });
    return this.get(slug);
  }

  #find(slug: string): ProfileEntry | undefined {
    const row = this.#connection.db
      .select()
      .from(microphoneProfiles)
      .where(eq(microphoneProfiles.slug, slug))
      .get();
    return row === undefined ? undefined : this.#entry(row, this.#users().get(slug) ?? [])[0];
  }

  /** Empty when the stored definition is not valid (an older version, a hand edit): reported, once. */
  #entry(row: typeof microphoneProfiles.$inferSelect, usedBy: string[]): ProfileEntry[] {
    const result = profileSchema.safeParse(row.definition);
    if (result.success) return [{ profile: result.data, origin: row.origin, usedBy }];
    if (!this.#unreadable.has(row.slug)) {
      this.#unreadable.add(row.slug);
      const { path, problem } = firstProblem(result.error);
      const text = `The stored profile "${row.slug}" is not used: ${path}: ${problem}.`;
      this.#logger.warn('profile.invalid', text, { slug: row.slug });
    }
    return [];
  }

  #users(): Map<string, string[]> {
    const rows = this.#connection.db
      .select({ slug: devices.profileSlug, name: devices.name })
      .from(devices)
      .where(and(isNull(devices.removedAtMs), isNotNull(devices.profileSlug)))
      .orderBy(devices.name)
      .all();
    const users = new Map<string, string[]>();
    for (const { slug, name } of rows) {
      if (slug !== null) users.set(slug, [...(users.get(slug) ?? []), name]);
    }
    return users;
  }
}
