import type { Connection } from '../database/connection';

/** What stands in place of a name that was purged, before the number of its line. */
const PURGED = 'purged';

interface Item {
  readonly id: number;
  readonly importId: number;
  readonly path: string;
}

/**
 * Makes imports forget what a recording was called where they found it: in their reports, in what was asked for, and in
 * what alerts say of it. How many files there were, and what became of them, stays.
 */
export class SourceNames {
  readonly #itemsOf;
  readonly #forgetItem;
  readonly #hasNames;
  readonly #asksFor;
  readonly #sources;
  readonly #setSources;
  readonly #forgetWords;
  readonly #forgetInAlerts;

  constructor({ sqlite }: Connection) {
    this.#itemsOf = sqlite.prepare<[number], Item>(
      `select id, import_id as importId, path from import_items where recording_id = ?`,
    );
    this.#forgetItem = sqlite.prepare<[string, number]>(
      `update import_items set path = ?, detail = '' where id = ?`,
    );
    this.#hasNames = sqlite.prepare<[number]>(
      `select 1 from import_items where import_id = ? and path not like '${PURGED} %' limit 1`,
    );
    this.#asksFor = sqlite.prepare<[number, string]>(
      'select 1 from imports where id = ? and instr(sources, json_quote(?)) > 0',
    );
    this.#sources = sqlite
      .prepare<[number], string>('select sources from imports where id = ?')
      .pluck();
    this.#setSources = sqlite.prepare<[string, number]>(
      'update imports set sources = ? where id = ?',
    );
    // A tag for all of an import is somebody's word for what was in it.
    this.#forgetWords = sqlite.prepare<[number]>(
      `update imports set options = json_set(options, '$.tags', json('[]')), problem = null where id = ?`,
    );
    this.#forgetInAlerts = sqlite.prepare<[string, string, string]>(
      `update alerts set evidence = replace(evidence, ?, '${PURGED}') where subject = ? and instr(evidence, ?) > 0`,
    );
  }

  /** Duplicates of it are forgotten, too. In a transaction of the caller's. */
  forget(recordingId: number): void {
    const items = this.#itemsOf.all(recordingId);
    for (const { id, importId, path } of items) {
      this.#forgetItem.run(`${PURGED} ${String(id)}`, id);
      this.#forgetInAlerts.run(path, `Import ${String(importId)}`, path);
    }
    for (const importId of new Set(items.map((item) => item.importId))) {
      const gone = new Set(items.filter((item) => item.importId === importId).map((i) => i.path));
      this.#forgetSources(importId, gone);
    }
  }

  /** A folder is named as long as there is something from it. */
  #forgetSources(importId: number, gone: ReadonlySet<string>): void {
    const hasNames = this.#hasNames.get(importId) !== undefined;
    // Ten thousand files may have been asked for one by one: they are read only where there is something to forget.
    if (hasNames && ![...gone].some((path) => this.#asksFor.get(importId, path) !== undefined))
      return;
    const text = this.#sources.get(importId);
    if (text === undefined) return;
    const sources = JSON.parse(text) as string[];
    for (const source of hasNames ? sources.filter((one) => gone.has(one)) : sources) {
      this.#forgetInAlerts.run(source, `Import ${String(importId)}`, source);
    }
    const kept = sources.map((one) => (hasNames && !gone.has(one) ? one : PURGED));
    if (kept.some((one, n) => one !== sources[n])) {
      this.#setSources.run(JSON.stringify(kept), importId);
    }
    if (!hasNames) this.#forgetWords.run(importId);
  }
}
