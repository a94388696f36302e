import type { Finding } from '@shared/model/integrity';
import { toInstant } from '@shared/model/time';
import type { Connection } from '../database/connection';

interface DamagedRow {
  readonly id: number;
  readonly device: string;
  readonly time_ms: number;
  readonly integrity: Finding['result'];
  readonly raw_path: string | null;
  readonly processed_path: string | null;
}

interface WrittenRow {
  readonly at_ms: number;
  readonly action: string;
  readonly subject: string;
  readonly old_value: string | null;
  readonly new_value: string | null;
}

interface Evidence {
  readonly found?: string | null;
  readonly detail?: string;
}

const MOST = 50;
/** How far back in the audit log evidence is looked for: nobody waits for a season of it. */
const LOOKED_BACK = 5_000;

/** What is damaged of what is here, with what was written down when it was found. */
export class Findings {
  readonly #damaged;
  readonly #written;

  constructor({ sqlite }: Connection) {
    // What lies in the bin worries nobody.
    this.#damaged = sqlite.prepare<[number], DamagedRow>(
      `select id, device, time_ms, integrity, raw_path, processed_path
       from recordings indexed by ix_recordings_damaged_here
       where integrity <> 'ok' and local_deleted = 0 and deleted_at_ms is null limit ?`,
    );
    this.#written = sqlite.prepare<[number], WrittenRow>(
      `select at_ms, action, subject, old_value, new_value from audit_log
       where id > (select max(id) from audit_log) - ? and action glob 'integrity.*' order by id desc`,
    );
  }

  /** The newest first; fifty at most. @throws better-sqlite3's SqliteError */
  list(): Finding[] {
    const damaged = this.#damaged.all(MOST);
    if (damaged.length === 0) return [];
    const newest = new Map<string, WrittenRow>();
    for (const row of this.#written.all(LOOKED_BACK)) {
      if (!newest.has(row.subject)) newest.set(row.subject, row);
    }
    return damaged
      .map((row) => ({ row, written: writtenOf(row, newest) }))
      .sort((a, b) => (b.written?.at_ms ?? 0) - (a.written?.at_ms ?? 0))
      .map(({ row, written }) => findingOf(row, written));
  }
}

/** Of its two files, the one that is as the row says. */
function writtenOf(
  row: DamagedRow,
  newest: ReadonlyMap<string, WrittenRow>,
): WrittenRow | undefined {
  return [row.raw_path, row.processed_path]
    .flatMap((path) => newest.get(path ?? '') ?? [])
    .find(({ action }) => action === `integrity.${row.integrity}`);
}

function findingOf(row: DamagedRow, written: WrittenRow | undefined): Finding {
  const evidence = JSON.parse(written?.new_value ?? '{}') as Evidence;
  return {
    recordingId: row.id,
    device: row.device,
    time: toInstant(row.time_ms),
    result: row.integrity,
    path: written?.subject ?? row.raw_path ?? row.processed_path ?? '',
    at: written === undefined ? null : toInstant(written.at_ms),
    expected: JSON.parse(written?.old_value ?? 'null') as string | null,
    found: evidence.found ?? null,
    detail: evidence.detail ?? '',
  };
}
