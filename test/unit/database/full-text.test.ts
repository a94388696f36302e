import { eq } from 'drizzle-orm';
import { describe, expect, it } from 'vitest';
import type { Connection } from '@main/database/connection';
import { recordings } from '@main/database/schema';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

function library(): Connection {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  return connection;
}

function found({ sqlite }: Connection, words: string): number[] {
  const rows = sqlite
    .prepare('select rowid as id from recordings_fts where recordings_fts match ? order by rowid')
    .all(words) as { id: number }[];
  return rows.map((row) => row.id);
}

/** FTS5 compares the index with the table it is an index of; throws where they differ. */
function expectWhole({ sqlite }: Connection): void {
  sqlite.exec("insert into recordings_fts (recordings_fts, rank) values ('integrity-check', 0)");
}

/** How many rows the index holds, whatever the table says. */
function indexed({ sqlite }: Connection): number {
  return (sqlite.prepare('select count(*) as n from recordings_fts_docsize').get() as { n: number })
    .n;
}

describe('the full text index', () => {
  it.each(['title', 'description', 'notes', 'originalName'] as const)(
    'finds a word of the %s',
    (column) => {
      const connection = library();
      const id = insertRecording(connection, {
        device: 'mic',
        [column]: 'Großer Abendsegler am Teich',
      });
      insertRecording(connection, { device: 'mic', [column]: 'Rotkehlchen' });
      expect(found(connection, 'abendsegler')).toEqual([id]);
    },
  );

  it('finds letters with and without their marks', () => {
    const connection = library();
    const id = insertRecording(connection, { device: 'mic', title: 'Mückenfledermaus' });
    expect(found(connection, 'muckenfledermaus')).toEqual([id]);
  });

  it('holds nothing for recordings that nobody wrote about', () => {
    const connection = library();
    insertRecording(connection, { device: 'mic' });
    expect(indexed(connection)).toBe(0);
    expectWhole(connection);
  });

  it('follows a text that is added to a recording without one', () => {
    const connection = library();
    const id = insertRecording(connection, { device: 'mic' });
    connection.db.update(recordings).set({ notes: 'rain' }).where(eq(recordings.id, id)).run();
    expect(found(connection, 'rain')).toEqual([id]);
  });

  it('forgets the old words when a text changes', () => {
    const connection = library();
    const id = insertRecording(connection, { device: 'mic', title: 'rain', notes: 'wind' });
    connection.db.update(recordings).set({ title: 'frogs' }).where(eq(recordings.id, id)).run();
    expect(found(connection, 'rain')).toEqual([]);
    expect(found(connection, 'frogs')).toEqual([id]);
    expect(found(connection, 'wind')).toEqual([id]);
  });

  it('forgets a recording whose last text is taken away', () => {
    const connection = library();
    const id = insertRecording(connection, { device: 'mic', title: 'rain' });
    connection.db.update(recordings).set({ title: null }).where(eq(recordings.id, id)).run();
    expect(found(connection, 'rain')).toEqual([]);
    expect(indexed(connection)).toBe(0);
  });

  it('forgets a recording that is deleted', () => {
    const connection = library();
    const id = insertRecording(connection, { device: 'mic', title: 'rain' });
    const other = insertRecording(connection, { device: 'mic', title: 'rain too' });
    connection.db.delete(recordings).where(eq(recordings.id, id)).run();
    expect(found(connection, 'rain')).toEqual([other]);
  });

  it('stays whole when a recording without text is changed and deleted', () => {
    const connection = library();
    const id = insertRecording(connection, { device: 'mic' });
    insertRecording(connection, { device: 'mic', title: 'rain' });
    connection.db.update(recordings).set({ title: null }).where(eq(recordings.id, id)).run();
    connection.db.delete(recordings).where(eq(recordings.id, id)).run();
    expect(indexed(connection)).toBe(1);
    expect(found(connection, 'rain')).toHaveLength(1);
  });
});
