import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';

const MIGRATIONS = join(import.meta.dirname, '../../../main/database/migrations');
/** Of the generator: another one makes another library. */
const EDITION = 3;

/** One segment every ten seconds on each of five microphones, from this moment on. */
export const FIRST_MS = Date.UTC(2026, 0, 1);
export const DEVICES = 5;
const SEGMENT_MS = 10_000;

/** @returns the moment after the last segment, UTC milliseconds */
export function endOf(rows: number): number {
  return FIRST_MS + Math.ceil(rows / DEVICES) * SEGMENT_MS;
}

/**
 * A station's database with so many recordings, made once and kept among the temporary files: without their files,
 * but with states, texts, tags and detections as frequent as they are in the field. Months of recording, so it is made
 * without indexes and triggers, which follow when the rows are there.
 */
export function libraryFile(rows: number, say: (line: string) => void): string {
  const folder = join(tmpdir(), 'silvasonic-bench-library');
  mkdirSync(folder, { recursive: true });
  const file = join(folder, `${String(rows)}-${edition()}.db`);
  if (existsSync(file)) return file;
  for (const old of readdirSync(folder)) {
    if (old.startsWith(`${String(rows)}-`)) rmSync(join(folder, old), { force: true });
  }
  say(`library: ${rows.toLocaleString('en')} recordings are made, once`);
  const making = `${file}.${String(process.pid)}`;
  makeLibrary(making, rows);
  renameSync(making, file);
  return file;
}

/** Changes with the tables. */
function edition(): string {
  const hash = createHash('sha256').update(String(EDITION));
  for (const name of readdirSync(MIGRATIONS)
    .filter((one) => one.endsWith('.sql'))
    .sort()) {
    hash.update(readFileSync(join(MIGRATIONS, name)));
  }
  return hash.digest('hex').slice(0, 12);
}

function makeLibrary(file: string, rows: number): void {
  const connection = connect(file);
  const { sqlite } = connection;
  try {
    applyMigrations(connection, MIGRATIONS);
    sqlite.pragma('journal_mode = DELETE'); // a log is left only so
    sqlite.pragma('journal_mode = OFF');
    sqlite.pragma('synchronous = OFF');
    sqlite.pragma('foreign_keys = OFF');
    sqlite.pragma('cache_size = -200000');
    sqlite.pragma('temp_store = MEMORY');
    const later = sqlite
      .prepare<[], { type: string; name: string; sql: string }>(
        "select type, name, sql from sqlite_master where type in ('index', 'trigger') and sql is not null and tbl_name = 'recordings'",
      )
      .all();
    for (const { type, name } of later) sqlite.exec(`drop ${type} "${name}"`);
    insertRows(sqlite, rows);
    for (const { sql } of later) sqlite.exec(sql);
    sqlite.exec(`
      insert into recording_quarters (device, quarter_ms, recordings, duration_s)
      select device, time_ms - (time_ms % 900000), count(*), sum(duration_s)
      from recordings where deleted_at_ms is null group by 1, 2;
      insert into recording_blocks (block, oldest_ms, newest_ms)
      select id >> 8, min(time_ms), max(time_ms) from recordings indexed by ix_recordings_place group by 1;
      insert into recordings_fts (rowid, title, description, notes, original_name)
      select id, title, description, notes, original_name from recordings
      where coalesce(title, description, notes, original_name) is not null;
      insert into analysis_jobs (worker, recording_id, time_ms)
      select 'peaks', id, time_ms from recordings where id % 400 = 0;
    `);
    sqlite.pragma('journal_mode = WAL');
  } finally {
    connection.sqlite.close();
  }
}

function insertRows(sqlite: ReturnType<typeof connect>['sqlite'], rows: number): void {
  const device = sqlite.prepare(
    `insert into devices (name, display_name, kind, identity_basis, presence, enrollment, match_reason, workspace,
       first_seen_at_ms, last_seen_at_ms)
     values (?, ?, 'usb', 'serial', 'online', 'enrolled', '{"outcome":"usb_id","score":100,"candidates":[]}', ?, 0, 0)`,
  );
  for (let n = 0; n < DEVICES; n += 1) device.run(name(n), name(n), name(n));
  // The oldest three fifths are uploaded, the oldest fifth is not here any more. A twentieth was imported.
  sqlite.exec(`
    with recursive n(i) as (select 0 union all select i + 1 from n where i < ${String(rows - 1)})
    insert into recordings (device, time_ms, duration_s, run_id, sequence, first_frame,
      raw_path, raw_size_bytes, raw_sample_rate_hz, raw_channels, raw_bits_per_sample, raw_frames, raw_sha256,
      processed_path, processed_size_bytes, processed_sample_rate_hz, processed_channels, processed_bits_per_sample,
      processed_frames, processed_sha256, recovered, clock_unsynced, protected, uploaded, local_deleted, source,
      original_name, time_source, deleted_at_ms, verified_at_ms, integrity, title, notes, indexed_at_ms)
    select 'microphone-' || (i % ${String(DEVICES)}), ${String(FIRST_MS)} + (i / ${String(DEVICES)}) * ${String(SEGMENT_MS)},
      case when i % 500 = 0 then 3.7 else 10.0 end,
      printf('%08x', i % ${String(DEVICES)}), i / ${String(DEVICES)}, (i / ${String(DEVICES)}) * 3840000,
      printf('recorder/microphone-%d/data/raw/2026-01-01T00-00-00Z_10s_%08x_%08d.wav', i % ${String(DEVICES)}, i % ${String(DEVICES)}, i),
      7680044, 384000, 1, 16, 3840000, hex(randomblob(32)),
      printf('recorder/microphone-%d/data/processed/2026-01-01T00-00-00Z_10s_%08x_%08d.wav', i % ${String(DEVICES)}, i % ${String(DEVICES)}, i),
      960044, 48000, 1, 16, 480000, hex(randomblob(32)),
      i % 500 = 0, i % 2000 = 1, i % 1000 = 2, i < ${String(rows)} * 3 / 5, i < ${String(rows)} / 5,
      case when i % 20 = 3 then 'import' else 'recorder' end,
      case when i % 20 = 3 then printf('2026%04d_%06d.WAV', i % 1231, i) end,
      case when i % 20 = 3 then 'file_name' end,
      case when i % 300 = 7 then ${String(FIRST_MS)} + i end,
      case when i % 3 = 0 then ${String(FIRST_MS)} + i end,
      case when i % 10000 = 9 then 'corrupt' when i % 3 = 0 then 'ok' end,
      case when i % 200 = 11 then 'Dawn chorus number ' || i when i % 100000 = 12 then 'The nightingale' end,
      case when i % 250 = 13 then 'heard a tawny owl' end,
      ${String(FIRST_MS)} + i from n;
    insert into tags (id, name) values (1, 'bat'), (2, 'owl'), (3, 'rare');
    insert into recording_tags (recording_id, tag_id) select id, 1 from recordings where id % 10 = 4;
    insert into recording_tags (recording_id, tag_id) select id, 2 from recordings where id % 1000 = 5;
    insert into recording_tags (recording_id, tag_id) select id, 3 from recordings where id % 100000 = 6;
    insert into detections (recording_id, worker, worker_version, start_s, end_s, label, confidence, created_at_ms)
    select id, 'custom', '1', 0, 1, case when id % 50000 = 0 then 'Strix aluco' else 'Parus major' end, 0.9, 0
    from recordings where id % 20 = 0;
  `);
}

function name(n: number): string {
  return `microphone-${String(n)}`;
}
