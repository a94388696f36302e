import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { connect, type Connection } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';
import { migrationsOfOld, SHIPPED_MIGRATIONS } from '../../support/migration-folders';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';

/** Recordings that do not lie in the span of their block. */
function strays({ sqlite }: Connection): number[] {
  return sqlite
    .prepare<[], number>(
      `select id from recordings r where not exists (select 1 from recording_blocks b
         where b.block = r.id / 256 and r.time_ms between b.oldest_ms and b.newest_ms)`,
    )
    .pluck()
    .all();
}

function spans({ sqlite }: Connection): unknown[] {
  return sqlite.prepare('select * from recording_blocks order by block').all();
}

const row = fc.record({
  id: fc.constantFrom(1, 2, 255, 256, 512),
  // Before 1970 too, for clocks that were never set.
  timeMs: fc.integer({ min: -5, max: 5 }),
});
const act = fc.tuple(
  fc.constantFrom(
    'insert or ignore into recordings (id, time_ms, raw_path, device, duration_s, indexed_at_ms) values (@id, @timeMs, @id, @device, 1, 0)',
    'insert or replace into recordings (id, time_ms, raw_path, device, duration_s, indexed_at_ms) values (@id, @timeMs, @id, @device, 1, 0)',
    'update recordings set time_ms = @timeMs where id = @id',
    'update or ignore recordings set id = id + 256 where id = @id',
    'delete from recordings where id = @id',
  ),
  row,
);

describe('the spans of time of recordings with neighbouring numbers', () => {
  it('hold every recording, whatever happens to it', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    fc.assert(
      fc.property(fc.array(act, { maxLength: 12 }), (acts) => {
        if (connection.sqlite.inTransaction) connection.sqlite.exec('rollback'); // the last one failed
        connection.sqlite.exec('begin');
        for (const [sql, { id, timeMs }] of acts) {
          const named = { id, ...(sql.includes('@timeMs') ? { timeMs } : {}) };
          connection.sqlite
            .prepare(sql)
            .run({ ...named, ...(sql.includes('@device') ? { device: 'mic' } : {}) });
          expect(strays(connection)).toEqual([]);
        }
        connection.sqlite.exec('rollback');
      }),
      { numRuns: 100 },
    );
  });

  it('reach no further than they must while recordings come in one by one', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    for (const [id, timeMs] of [
      [254, 5],
      [255, 3],
      [256, 9],
    ] as const) {
      insertRecording(connection, { device: 'mic', id, timeMs });
    }
    expect(spans(connection)).toEqual([
      { block: 0, oldest_ms: 3, newest_ms: 5 },
      { block: 1, oldest_ms: 9, newest_ms: 9 },
    ]);
  });

  it('are made for the recordings of an older version, whose words are found as before', () => {
    const connection = connect(join(temporaryFolder(), 'station.db'));
    try {
      applyMigrations(connection, migrationsOfOld(10));
      insertDevice(connection, 'mic');
      connection.sqlite
        .exec(`insert into recordings (id, device, time_ms, duration_s, raw_path, title, indexed_at_ms)
        values (7, 'mic', 5, 10, 'a.wav', 'Nachtigall', 0), (256, 'mic', -3, 10, 'b.wav', null, 0)`);
      applyMigrations(connection, SHIPPED_MIGRATIONS);
      expect(spans(connection)).toEqual([
        { block: 0, oldest_ms: 5, newest_ms: 5 },
        { block: 1, oldest_ms: -3, newest_ms: -3 },
      ]);
      const { sqlite } = connection;
      sqlite.exec(
        "insert into recordings_fts (recordings_fts, rank) values ('integrity-check', 0)",
      );
      const found = sqlite
        .prepare("select rowid from recordings_fts where recordings_fts match 'nach*'")
        .pluck();
      expect(found.all()).toEqual([7]);
      sqlite.exec("update recordings set title = 'Eule' where id = 7");
      expect(found.all()).toEqual([]);
    } finally {
      connection.sqlite.close();
    }
  });
});
