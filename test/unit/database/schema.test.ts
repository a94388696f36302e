import { describe, expect, it } from 'vitest';
import { recordings } from '@main/database/schema';
import { stationDatabase } from '../../support/station-database';
import { insertDevice, insertRecording } from '../../support/sample-rows';

/** Section 11 of the station's reference. */
const TABLES = [
  ...['microphone_profiles', 'devices', 'system_config', 'managed_services', 'users', 'recordings'],
  ...['recordings_fts', 'tags', 'recording_tags', 'derived_assets', 'detections', 'gaps'],
  ...['clock_anchors', 'storage_remotes', 'recording_remotes', 'uploads', 'deletions', 'alerts'],
  'audit_log',
];

describe('a new database', () => {
  it('has every table of the reference', () => {
    const { sqlite } = stationDatabase();
    const rows = sqlite.prepare("select name from sqlite_master where type = 'table'").all() as {
      name: string;
    }[];
    expect(rows.map((row) => row.name)).toEqual(expect.arrayContaining(TABLES));
  });

  it.each([
    ['journal_mode', 'wal'],
    ['synchronous', 2], // FULL
    ['foreign_keys', 1],
  ])('is opened with %s = %s', (pragma, value) => {
    expect(stationDatabase().sqlite.pragma(pragma, { simple: true })).toBe(value);
  });

  it('refuses a recording of a device that it does not know', () => {
    expect(() => insertRecording(stationDatabase(), { device: 'nobody' })).toThrow(/FOREIGN KEY/);
  });

  it('refuses a recording without any file', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    expect(() => insertRecording(connection, { device: 'mic', rawPath: null })).toThrow(
      /recordings_has_a_file/,
    );
  });

  it('refuses a second recording for one place in a run', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic', runId: 'aaaaaaaa', sequence: 1 });
    expect(() =>
      insertRecording(connection, { device: 'mic', runId: 'aaaaaaaa', sequence: 1 }),
    ).toThrow(/UNIQUE/);
  });

  it('refuses to give one file to two recordings', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic', rawPath: 'a.wav' });
    expect(() => insertRecording(connection, { device: 'mic', rawPath: 'a.wav' })).toThrow(
      /UNIQUE/,
    );
  });
});

describe('a new recording', () => {
  it('is analysed by nobody, uploaded nowhere, here, and not protected', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    insertRecording(connection, { device: 'mic' });
    expect(connection.db.select().from(recordings).get()).toMatchObject({
      analysisState: {},
      localDeleted: false,
      uploaded: false,
      protected: false,
      recovered: false,
      clockUnsynced: false,
      source: 'recorder',
    });
  });
});
