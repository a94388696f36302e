import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connect, type Connection } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';
import { migrationsOfOld, SHIPPED_MIGRATIONS } from '../../support/migration-folders';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

const QUARTER_MS = 900_000;

interface Quarter {
  readonly device: string;
  readonly quarter_ms: number;
  readonly recordings: number;
  readonly duration_s: number;
}

function kept({ sqlite }: Connection): Quarter[] {
  return sqlite
    .prepare<[], Quarter>('select * from recording_quarters order by device, quarter_ms')
    .all();
}

/** The same, counted from the recordings. */
function counted({ sqlite }: Connection): Quarter[] {
  const rows = sqlite
    .prepare<[], { device: string; time_ms: number; duration_s: number }>(
      'select device, time_ms, duration_s from recordings where deleted_at_ms is null',
    )
    .all();
  const quarters = new Map<string, Quarter>();
  for (const { device, time_ms, duration_s } of rows) {
    const quarter_ms = Math.floor(time_ms / QUARTER_MS) * QUARTER_MS;
    const key = `${device}|${String(quarter_ms)}`;
    const so = quarters.get(key) ?? { device, quarter_ms, recordings: 0, duration_s: 0 };
    quarters.set(key, {
      ...so,
      recordings: so.recordings + 1,
      duration_s: so.duration_s + duration_s,
    });
  }
  return [...quarters.values()].sort(
    (a, b) =>
      (a.device < b.device ? -1 : a.device > b.device ? 1 : 0) || a.quarter_ms - b.quarter_ms,
  );
}

function totals({ sqlite }: Connection): Record<string, number> {
  const rows = sqlite
    .prepare<[], [string, number]>('select device, recordings from recording_totals')
    .raw()
    .all();
  return Object.fromEntries(rows.filter(([, recordings]) => recordings !== 0));
}

function summed(quarters: readonly Quarter[]): Record<string, number> {
  const sums: Record<string, number> = {};
  for (const { device, recordings } of quarters) sums[device] = (sums[device] ?? 0) + recordings;
  return sums;
}

// At the edges of quarters, and before 1970 too, for clocks that were never set.
const time = fc
  .tuple(fc.integer({ min: -2, max: 2 }), fc.constantFrom(-1, 0, 1, 7))
  .map(([quarter, ms]) => quarter * QUARTER_MS + ms);
const row = fc.record({
  id: fc.integer({ min: 1, max: 6 }),
  device: fc.constantFrom('mic-a', 'mic-b'),
  time,
  // Halves: sums of them are exact.
  durationS: fc.constantFrom(0, 0.5, 10),
});
const act = fc.oneof(
  fc.record({ act: fc.constant('insert' as const), row }),
  fc.record({ act: fc.constant('replace' as const), row }),
  fc.record({ act: fc.constant('upsert' as const), row }),
  fc.record({ act: fc.constant('move' as const), row }),
  fc.record({
    act: fc.constantFrom('discard' as const, 'restore' as const, 'delete' as const),
    row,
  }),
);

function perform(
  { sqlite }: Connection,
  { act: what, row: one }: typeof act extends fc.Arbitrary<infer T> ? T : never,
): void {
  const values = [one.id, one.device, one.time, one.durationS, `${String(one.id)}.wav`];
  const into =
    'into recordings (id, device, time_ms, duration_s, raw_path, indexed_at_ms) values (?, ?, ?, ?, ?, 0)';
  const run = (sql: string, ...bound: unknown[]): void => {
    sqlite.prepare(sql).run(...bound);
  };
  const acts: Readonly<Record<typeof what, () => void>> = {
    insert: () => {
      run(`insert ${into} on conflict do nothing`, ...values);
    },
    replace: () => {
      run(`insert or replace ${into}`, ...values);
    },
    upsert: () => {
      run(
        `insert ${into} on conflict (id) do update set duration_s = excluded.duration_s`,
        ...values,
      );
    },
    move: () => {
      run(
        'update recordings set device = ?, time_ms = ?, duration_s = ? where id = ?',
        one.device,
        one.time,
        one.durationS,
        one.id,
      );
    },
    discard: () => {
      run('update recordings set deleted_at_ms = 5 where id = ?', one.id);
    },
    restore: () => {
      run('update recordings set deleted_at_ms = null where id = ?', one.id);
    },
    delete: () => {
      run('delete from recordings where id = ?', one.id);
    },
  };
  acts[what]();
}

describe('the count of each quarter of an hour', () => {
  it('is right after whatever happens to recordings, before 1970 too', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic-a');
    insertDevice(connection, 'mic-b');
    fc.assert(
      fc.property(fc.array(act, { maxLength: 25 }), (acts) => {
        if (connection.sqlite.inTransaction) connection.sqlite.exec('rollback'); // the last one failed
        connection.sqlite.exec('begin');
        for (const one of acts) {
          perform(connection, one);
          expect(kept(connection)).toEqual(counted(connection));
          expect(totals(connection)).toEqual(summed(counted(connection)));
        }
        connection.sqlite.exec('rollback');
      }),
      { numRuns: 100 },
    );
  });

  it('is made for the recordings of an older version', () => {
    const file = join(temporaryFolder(), 'station.db');
    const connection = connect(file);
    try {
      applyMigrations(connection, migrationsOfOld(7));
      const { sqlite } = connection;
      sqlite.exec(`
        insert into devices (name, display_name, kind, identity_basis, presence, enrollment, match_reason, workspace, first_seen_at_ms, last_seen_at_ms)
        values ('mic', 'mic', 'usb', 'serial', 'online', 'enrolled', '{}', 'mic', 0, 0);
        insert into recordings (device, time_ms, duration_s, raw_path, indexed_at_ms)
        values ('mic', -1, 10, 'a', 0), ('mic', 0, 10, 'b', 0), ('mic', 899999, 2.5, 'c', 0);`);
      applyMigrations(connection, SHIPPED_MIGRATIONS);
      expect(kept(connection)).toEqual([
        { device: 'mic', quarter_ms: -QUARTER_MS, recordings: 1, duration_s: 10 },
        { device: 'mic', quarter_ms: 0, recordings: 2, duration_s: 12.5 },
      ]);
      // And goes on from there.
      insertRecording(connection, { device: 'mic', timeMs: 1, durationS: 1 });
      expect(kept(connection)[1]).toMatchObject({ recordings: 3, duration_s: 13.5 });
      expect(totals(connection)).toEqual({ mic: 4 });
    } finally {
      connection.sqlite.close();
    }
  });
});
