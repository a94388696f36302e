import { expect, it } from 'vitest';
import { eq } from 'drizzle-orm';
import { tags } from '@main/database/schema';
import { type SlowStatement, watchStatements } from '@main/database/statement-watch';
import { spoilPages } from '../../support/damaged-file';
import { stationDatabase } from '../../support/station-database';

/** Each statement takes as long as it says. */
function watched(takesMs: () => number) {
  const connection = stationDatabase();
  const slow: SlowStatement[] = [];
  const damage: string[] = [];
  let nowMs = 0;
  let asked = 0;
  watchStatements(connection.sqlite, {
    // Asked before, after, and once more when it is told.
    monotonicMs: () => (asked++ % 2 === 1 ? (nowMs += takesMs()) : nowMs),
    onSlow: (statement) => slow.push(statement),
    onDamage: (message) => damage.push(message),
  });
  return { ...connection, slow, damage, later: (ms: number) => (nowMs += ms) };
}

it('a statement that takes long is told with its plan, and without its values', () => {
  const { db, slow } = watched(() => 150);
  expect(db.select().from(tags).where(eq(tags.name, 'private words')).all()).toEqual([]);
  expect(slow).toHaveLength(1);
  expect(slow[0]).toMatchObject({ durationMs: 150, times: 1 });
  expect(slow[0]!.sql).toMatch(/^select .* from "tags" where "tags"."name" = \?$/);
  expect(slow[0]!.plan).toMatch(/SEARCH tags USING .*INDEX/);
  expect(JSON.stringify(slow)).not.toContain('private words');
});

it('one that is fast is not', () => {
  const { db, slow } = watched(() => 99);
  db.insert(tags).values({ name: 'bat' }).run();
  expect(db.select().from(tags).all()).toHaveLength(1);
  expect(slow).toEqual([]);
});

it('answers stay what they are, in every form', () => {
  const { sqlite } = watched(() => 0);
  sqlite.exec("insert into tags (name) values ('a'), ('b')");
  const statement = sqlite.prepare('select id, name from tags order by id');
  expect(statement.all()).toEqual([
    { id: 1, name: 'a' },
    { id: 2, name: 'b' },
  ]);
  expect(statement.get()).toEqual({ id: 1, name: 'a' });
  expect(statement.raw().all()).toEqual([
    [1, 'a'],
    [2, 'b'],
  ]);
  expect(statement.raw(false).pluck().all()).toEqual([1, 2]);
  expect(() => sqlite.prepare("insert into tags (name) values ('a')").run()).toThrow(/UNIQUE/);
});

it('damage that a statement meets is told, and the asker gets the error as ever', () => {
  const { sqlite, damage } = watched(() => 0);
  sqlite.exec(`insert into tags (name)
    with recursive n(i) as (select 1 union all select i + 1 from n where i < 50)
    select hex(zeroblob(2000)) || i from n`);
  sqlite.pragma('wal_checkpoint(TRUNCATE)');
  sqlite.pragma('shrink_memory');
  spoilPages(sqlite.name);
  expect(() => sqlite.prepare('select sum(length(name)) from tags').get()).toThrow(/malformed/);
  expect(damage).toEqual(['database disk image is malformed']);
});
