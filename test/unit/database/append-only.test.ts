import { describe, expect, it } from 'vitest';
import type { Connection } from '@main/database/connection';
import { auditLog, deletions, uploads } from '@main/database/schema';
import { stationDatabase } from '../../support/station-database';

const INSERT: Readonly<Record<string, (connection: Connection) => void>> = {
  uploads: ({ db }) => {
    db.insert(uploads)
      .values({ recordingId: 1, remoteSlug: 'r', remotePath: 'p', attemptAtMs: 1, success: true })
      .run();
  },
  audit_log: ({ db }) => {
    db.insert(auditLog)
      .values({ atMs: 1, actor: 'page', action: 'setting.set', subject: 'a.b' })
      .run();
  },
  deletions: ({ db }) => {
    db.insert(deletions)
      .values({ paths: ['a.wav'], sizeBytes: 1, deletedAtMs: 1, mode: 'panic', reason: 'disk' })
      .run();
  },
};

describe.each(Object.keys(INSERT))('the table %s', (table) => {
  const withOneRow = (): Connection => {
    const connection = stationDatabase();
    INSERT[table]!(connection);
    return connection;
  };
  const rows = ({ sqlite }: Connection): unknown[] =>
    sqlite.prepare(`select * from ${table}`).all();

  it('takes new rows', () => {
    const connection = withOneRow();
    INSERT[table]!(connection);
    expect(rows(connection)).toHaveLength(2);
  });

  it('lets no row be changed', () => {
    const connection = withOneRow();
    const before = rows(connection);
    expect(() => connection.sqlite.exec(`update ${table} set id = id + 1`)).toThrow(
      `${table} is append-only`,
    );
    expect(rows(connection)).toEqual(before);
  });

  it('lets no row be deleted', () => {
    const connection = withOneRow();
    expect(() => connection.sqlite.exec(`delete from ${table}`)).toThrow(`${table} is append-only`);
    expect(rows(connection)).toHaveLength(1);
  });

  it('lets no row be replaced', () => {
    const connection = withOneRow();
    const before = rows(connection);
    const replace = `insert or replace into ${table} select * from ${table}`;
    expect(() => connection.sqlite.exec(replace)).toThrow();
    expect(rows(connection)).toEqual(before);
  });
});
