import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Connection } from '../../database/connection';

/** Rows per slice: a few milliseconds on the slowest station. */
const SLICE = 500;

interface Absent {
  readonly time_ms: number;
  readonly id: number;
  readonly there: 0 | 1;
}

/**
 * Recordings that were deleted here and of which this remote alone has a copy that was read back. In slices: the main
 * loop is held up by none of them.
 */
export async function countOnlyThere({ sqlite }: Connection, slug: string): Promise<number> {
  const next = sqlite.prepare<{ slug: string; time: number; id: number; limit: number }, Absent>(
    `select r.time_ms, r.id,
       exists (select 1 from recording_remotes c
         where c.recording_id = r.id and c.remote_slug = @slug and c.state = 'verified')
       and not exists (select 1 from recording_remotes c
         join storage_remotes s on s.slug = c.remote_slug
         where c.recording_id = r.id and c.remote_slug <> @slug and c.state = 'verified'
           and s.removed_at_ms is null) as there
     from recordings r indexed by ix_recordings_absent
     where r.local_deleted = 1 and (r.time_ms, r.id) > (@time, @id)
     order by r.time_ms, r.id limit @limit`,
  );
  let found = 0;
  let after = { time: Number.MIN_SAFE_INTEGER, id: 0 };
  for (;;) {
    const rows = next.all({ slug, ...after, limit: SLICE });
    for (const row of rows) found += row.there;
    const last = rows.at(-1);
    if (last === undefined || rows.length < SLICE) return found;
    after = { time: last.time_ms, id: last.id };
    await nextTurn();
  }
}

/** Recordings that are here, and that this remote has not. In slices, as above. */
export async function countNotThere({ sqlite }: Connection, slug: string): Promise<number> {
  const next = sqlite.prepare<
    { slug: string; after: number; through: number },
    { missing: number }
  >(
    `select count(*) as missing from recordings r
     where r.id > @after and r.id <= @through and r.local_deleted = 0 and r.deleted_at_ms is null
       and not exists (select 1 from recording_remotes c
         where c.recording_id = r.id and c.remote_slug = @slug and c.state = 'verified')`,
  );
  const newest =
    sqlite.prepare<[], { id: number | null }>('select max(id) as id from recordings').get()?.id ??
    0;
  let found = 0;
  for (let after = 0; after < newest; after += SLICE) {
    found += next.get({ slug, after, through: after + SLICE })?.missing ?? 0;
    await nextTurn();
  }
  return found;
}
