import type { Recording, Selection } from '@shared/model/recording';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import type { EventBus } from '../events/bus';
import { NotFoundError } from '../request-error';
import { inSlices } from './in-slices';
import { RecentChanges, type Step } from './recent-changes';

/** What people write; what is absent stays, null empties. */
export interface Description {
  readonly title?: string | null | undefined;
  readonly description?: string | null | undefined;
  readonly notes?: string | null | undefined;
}

export interface Changed {
  /** Recordings that were not so before. */
  readonly changed: number;
  /** What `undo` takes it back by; null: there is nothing to take back, or too much. */
  readonly change: string | null;
}

/** A tag, and the recordings that got it or lost it. */
interface NotedTag {
  readonly name: string;
  readonly ids: number[];
}

export interface EditorOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  /** What a selection finds now. */
  readonly ids: (selection: Selection) => Promise<ArrayLike<number>>;
  readonly get: (id: number) => Recording | null;
}

/**
 * Changes what people decide about recordings: texts, tags, protection, the bin. Nothing on disk is touched. Everything
 * is safe to repeat; a selection of millions is changed in slices.
 */
export class RecordingEditor {
  readonly #options: EditorOptions;
  readonly #recent: RecentChanges;
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
    this.#recent = new RecentChanges(options.clock);
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

  /** @returns how many recordings were not so before, and what `undo` calls this change */
  async tag(
    selection: Selection,
    add: readonly string[],
    remove: readonly string[],
  ): Promise<Changed> {
    const ids = await this.#options.ids(selection);
    const taken = remove.filter((name) => !add.includes(name));
    const added = add.map((name) => ({ kind: 'untag' as const, name, ids: [] as number[] }));
    const removed = taken.map((name) => ({ kind: 'tag' as const, name, ids: [] as number[] }));
    const changed = await this.#retag(ids, added, removed);
    return { changed, change: this.#recent.remember([...added, ...removed]) };
  }

  /** @returns how many recordings were not so before, and what `undo` calls this change */
  async protect(selection: Selection, isProtected: boolean): Promise<Changed> {
    const ids = await this.#options.ids(selection);
    const kind = isProtected ? 'unprotect' : 'protect';
    const back = { kind, ids: [] as number[] } as const;
    const changed = await this.#setProtected(ids, isProtected, back.ids);
    return { changed, change: this.#recent.remember([back]) };
  }

  /**
   * Takes back what a `tag` or a `protect` changed, no more. When it fails in between, it can be asked for again.
   * @throws NotFoundError when the change is too old, or was taken back
   */
  async undo(change: string): Promise<{ changed: number }> {
    const steps = this.#recent.stepsBack(change);
    if (steps === null) throw new NotFoundError('change', change);
    const touched = new Set<number>();
    for (const step of steps) {
      const ids: number[] = [];
      await this.#takeBack(step, ids);
      for (const id of ids) touched.add(id);
    }
    this.#recent.forget(change);
    return { changed: touched.size };
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

  async #takeBack(step: Step, changed: number[]): Promise<void> {
    if (step.kind === 'tag' || step.kind === 'untag') {
      const tag = [{ name: step.name, ids: changed }];
      await (step.kind === 'tag' ? this.#retag(step.ids, tag, []) : this.#retag(step.ids, [], tag));
    } else await this.#setProtected(step.ids, step.kind === 'protect', changed);
  }

  /** Notes beside each tag the recordings that got it, or lost it. @returns how many recordings were changed */
  async #retag(
    ids: ArrayLike<number>,
    add: readonly NotedTag[],
    remove: readonly NotedTag[],
  ): Promise<number> {
    const { sqlite } = this.#options.connection;
    const removed = remove.flatMap((tag) => {
      const known = this.#tagId.get(tag.name);
      return known === undefined ? [] : [{ id: known.id, ids: tag.ids }];
    });
    // Only for recordings that there are: a tag that nothing bears is none. Made anew in each slice, since whoever
    // takes it off the last recording meanwhile takes it away.
    const changed = await this.#each(ids, (id) => {
      let isChanged = false;
      for (const { name, ids: got } of add) {
        const known = this.#tagId.get(name) ?? this.#newTag.get(name);
        if (known === undefined || this.#addTag.run(known.id, id).changes === 0) continue;
        got.push(id);
        isChanged = true;
      }
      for (const { id: tagId, ids: lost } of removed) {
        if (this.#removeTag.run(id, tagId).changes === 0) continue;
        lost.push(id);
        isChanged = true;
      }
      return isChanged;
    });
    const borne = add.flatMap(({ name }) => this.#tagId.get(name)?.id ?? []);
    sqlite.transaction(() => {
      for (const tagId of [...removed.map(({ id }) => id), ...borne]) this.#dropUnused.run(tagId);
    })();
    return changed;
  }

  #setProtected(ids: ArrayLike<number>, wanted: boolean, noted: number[]): Promise<number> {
    const flag = wanted ? 1 : 0;
    return this.#each(ids, (id) => {
      const isChanged = this.#protect.run(flag, id, flag).changes > 0;
      if (isChanged) noted.push(id);
      return isChanged;
    });
  }

  async #each(ids: ArrayLike<number>, change: (id: number) => boolean): Promise<number> {
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
