import type { Recording, Selection } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import type { EventBus } from '../events/bus';
import { NotFoundError } from '../request-error';
import { inSlices } from './in-slices';

/** What people write; what is absent stays, null empties. */
export interface Description {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly notes?: string | null | undefined;
}

export interface EditorOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  /** What a selection finds now. */
  readonly ids: (selection: Selection) => Promise<readonly number[]>;
  readonly get: (id: number) => Recording | null;
}

/**
 * Changes what people decide about recordings: texts, tags, protection, the bin. Nothing on disk is touched. Everything
 * is safe to repeat; a selection of millions is changed in slices.
 */
export class RecordingEditor {
  readonly #options: EditorOptions;
  readonly #protect;
  readonly #discard;
  readonly #restore;
  readonly #restoreOf;
  readonly #isProtected;
  readonly #tagId;
  readonly #newTag;
  readonly #addTag;
  readonly #removeTag;
  readonly #dropUnused;
  #lastDiscardMs = 0;

  constructor(options: EditorOptions) {
    this.#options = options;
    const { sqlite } = options.connection;
    this.#protect = sqlite.prepare<[number, number, number]>(
      'update recordings set protected = ? where id = ? and protected <> ?',
    );
    this.#discard = sqlite.prepare<[number, number]>(
      'update recordings set deleted_at_ms = ? where id = ? and deleted_at_ms is null and protected = 0',
    );
    this.#restore = sqlite.prepare<[number]>(
      'update recordings set deleted_at_ms = null where id = ? and deleted_at_ms is not null',
    );
    this.#restoreOf = sqlite.prepare<[number, number]>(
      'update recordings set deleted_at_ms = null where id = ? and deleted_at_ms = ?',
    );
    this.#isProtected = sqlite.prepare<[number]>(
      'select 1 from recordings where id = ? and protected = 1 and deleted_at_ms is null',
    );
    this.#tagId = sqlite.prepare<[string], { id: number }>('select id from tags where name = ?');
    this.#newTag = sqlite.prepare<[string], { id: number }>(
      'insert into tags (name) values (?) returning id',
    );
    this.#addTag = sqlite.prepare<[number, number]>(
      `insert into recording_tags (recording_id, tag_id) select id, ? from recordings where id = ?
       on conflict do nothing`,
    );
    this.#removeTag = sqlite.prepare<[number, number]>(
      'delete from recording_tags where recording_id = ? and tag_id = ?',
    );
    this.#dropUnused = sqlite.prepare<[number]>(
      'delete from tags where id = ? and not exists (select 1 from recording_tags where tag_id = tags.id)',
    );
  }

  /** @throws NotFoundError */
  describe(id: number, texts: Description): Recording {
    const given = (['title', 'description', 'notes'] as const).flatMap((name) => {
      const text = texts[name];
      return text === undefined ? [] : [{ name, text: text === '' ? null : text }];
    });
    const { connection, bus, get } = this.#options;
    if (given.length > 0) {
      const { changes } = connection.sqlite
        .prepare(
          `update recordings set ${given.map(({ name }) => `${name} = ?`).join(', ')} where id = ?`,
        )
        .run(...given.map(({ text }) => text), id);
      if (changes > 0) bus.emit('recordings.changed', { recordings: 1 });
    }
    const recording = get(id);
    if (recording === null) throw new NotFoundError('recording', String(id));
    return recording;
  }

  /** @returns how many recordings were not so before */
  async tag(
    selection: Selection,
    add: readonly string[],
    remove: readonly string[],
  ): Promise<{ changed: number }> {
    const { sqlite } = this.#options.connection;
    const removed = remove
      .filter((name) => !add.includes(name))
      .flatMap((name) => this.#tagId.get(name)?.id ?? []);
    const ids = await this.#options.ids(selection);
    // Only for recordings that there are: a tag that nothing bears is none. Made anew in each slice, since whoever
    // takes it off the last recording meanwhile takes it away.
    const changed = await this.#each(ids, (id) => {
      let changes = 0;
      for (const name of add) {
        const known = this.#tagId.get(name) ?? this.#newTag.get(name);
        if (known !== undefined) changes += this.#addTag.run(known.id, id).changes;
      }
      for (const tagId of removed) changes += this.#removeTag.run(id, tagId).changes;
      return changes > 0;
    });
    const borne = add.flatMap((name) => this.#tagId.get(name)?.id ?? []);
    sqlite.transaction(() => {
      for (const tagId of [...removed, ...borne]) this.#dropUnused.run(tagId);
    })();
    return { changed };
  }

  async protect(selection: Selection, isProtected: boolean): Promise<{ changed: number }> {
    const flag = isProtected ? 1 : 0;
    const ids = await this.#options.ids(selection);
    return {
      changed: await this.#each(ids, (id) => this.#protect.run(flag, id, flag).changes > 0),
    };
  }

  /**
   * Into the bin.
   * @returns how many stay where they are for being protected, and the moment that tells these from all others
   */
  async discard(selection: Selection): Promise<{ changed: number; protected: number; at: string }> {
    const nowMs = Math.max(Math.round(this.#options.clock.wallMs()), this.#lastDiscardMs + 1);
    this.#lastDiscardMs = nowMs;
    const ids = await this.#options.ids(selection);
    let kept = 0;
    const changed = await this.#each(ids, (id) => {
      if (this.#discard.run(nowMs, id).changes > 0) return true;
      if (this.#isProtected.get(id) !== undefined) kept += 1;
      return false;
    });
    return { changed, protected: kept, at: toInstant(nowMs) };
  }

  /** Out of the bin again; of what one `discard` put there, when its moment is told. */
  async restore(selection: Selection, discardedAt?: string): Promise<{ changed: number }> {
    const ids = await this.#options.ids(selection);
    const restore =
      discardedAt === undefined
        ? (id: number) => this.#restore.run(id)
        : (id: number) => this.#restoreOf.run(id, Date.parse(discardedAt));
    return { changed: await this.#each(ids, (id) => restore(id).changes > 0) };
  }

  async #each(ids: readonly number[], change: (id: number) => boolean): Promise<number> {
    const { connection, bus } = this.#options;
    let changed = 0;
    let uncommitted = 0;
    try {
      await inSlices(
        connection,
        ids,
        (id) => {
          if (change(id)) uncommitted += 1;
        },
        () => {
          changed += uncommitted;
          uncommitted = 0;
        },
      );
    } finally {
      // Also when a later slice failed: what is done is done.
      if (changed > 0) bus.emit('recordings.changed', { recordings: changed });
    }
    return changed;
  }
}
