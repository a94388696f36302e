import type { Deletion, DeletionReason, JanitorMode } from '@shared/model/janitor';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../database/connection';
import { InvalidValueError } from '../request-error';

interface Row {
  readonly id: number;
  readonly recording_id: number | null;
  readonly paths: string;
  readonly size_bytes: number;
  readonly deleted_at_ms: number;
  readonly mode: JanitorMode;
  readonly reason: DeletionReason;
  readonly safe: 0 | 1 | null;
  readonly explanation: string | null;
}

/** What the janitor has deleted; what people purged is told elsewhere. */
export class DeletionHistory {
  readonly #page;

  constructor({ sqlite }: Connection) {
    // In the order in which it was written, whatever the clock said then. A purge says so in its mode.
    this.#page = sqlite.prepare<[number, number], Row>(
      `select id, recording_id, paths, size_bytes, deleted_at_ms, mode, reason, safe, explanation
       from deletions where id < ? and mode <> 'purge' order by id desc limit ?`,
    );
  }

  /** The newest first. @throws InvalidValueError for a cursor that no page gave out */
  page(request: { readonly cursor?: string | undefined; readonly limit: number }): {
    items: Deletion[];
    nextCursor: string | null;
  } {
    const { cursor, limit } = request;
    if (cursor !== undefined && !/^\d{1,15}$/.test(cursor)) {
      throw new InvalidValueError('cursor', 'the cursor is not one that a page gave out');
    }
    const before = cursor === undefined ? Number.MAX_SAFE_INTEGER : Number(cursor);
    const rows = this.#page.all(before, limit + 1);
    const items = rows.slice(0, limit).map(toDeletion);
    const last = items.at(-1);
    return {
      items,
      nextCursor: rows.length > limit && last !== undefined ? String(last.id) : null,
    };
  }
}

function toDeletion(row: Row): Deletion {
  return {
    id: row.id,
    recordingId: row.recording_id,
    paths: JSON.parse(row.paths) as string[],
    sizeBytes: row.size_bytes,
    at: toInstant(row.deleted_at_ms),
    mode: row.mode,
    reason: row.reason,
    safe: row.safe === null ? null : row.safe === 1,
    explanation: row.explanation ?? '',
  };
}
