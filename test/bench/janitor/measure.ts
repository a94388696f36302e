// A program of its own, so that nothing else is in its loop: `measure.ts <candidates> <recordings> <turns> <folder> <result file>`.
import { mkdirSync, unlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock } from '@main/clock/system-clock';
import { connect, type Connection } from '@main/database/connection';
import { applyMigrations } from '@main/database/migrate';
import { DeletionJournal } from '@main/janitor/deletion-journal';
import { JanitorThread } from '@main/janitor/janitor-thread';
import type { PlanRequest } from '@main/janitor/plan-reader';
import { Removal, type Sentence, SLICE } from '@main/janitor/removal';
import type { Logger } from '@main/logging/logger';
import { longestStretch } from '../../support/longest-stretch';
import type { JanitorMeasurement } from './measurement';

const [candidates = 0, recordings = 0, turns = 0] = process.argv.slice(2, 5).map(Number);
const [folder = '', resultFile = ''] = process.argv.slice(5);
const MIGRATIONS = join(import.meta.dirname, '../../../main/database/migrations');
const WORKER = new URL('../../../main/janitor/janitor-worker.ts', import.meta.url);
const FILE_BYTES = 4096;

const quiet: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  forService: () => quiet,
};

function pathOf(stream: 'raw' | 'processed', id: number): string {
  return `recorder/mic/data/${stream}/${String(id).padStart(8, '0')}.wav`;
}

/** Recordings that were read back from a remote and analysed: all may go. */
function fill({ sqlite }: Connection, rows: number): void {
  sqlite.exec(`
    insert into devices (name, display_name, kind, identity_basis, presence, enrollment, match_reason, workspace,
      first_seen_at_ms, last_seen_at_ms)
    values ('mic', 'mic', 'usb', 'serial', 'online', 'enrolled', '{}', 'mic', 0, 0);
    insert into storage_remotes (slug, name, type, options, created_at_ms) values ('nas', 'nas', 'local', '{}', 0);
    insert into analysis_cursors (worker, version, through_id) values ('peaks', '1', ${String(rows)})`);
  sqlite.exec(`
    with recursive n (id) as (select 1 union all select id + 1 from n where id < ${String(rows)})
    insert into recordings (id, device, time_ms, duration_s, raw_path, raw_size_bytes, processed_path,
      processed_size_bytes, uploaded, indexed_at_ms)
    select id, 'mic', id * 10000, 10, printf('recorder/mic/data/raw/%08d.wav', id), 7680044,
      printf('recorder/mic/data/processed/%08d.wav', id), 960044, 1, 0 from n;
    insert into recording_remotes (recording_id, remote_slug, path, state, next_attempt_at_ms, verified_at_ms)
    select id, 'nas', id || '.flac', 'verified', 0, 0 from recordings;
    analyze`);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const from = performance.now();
  await work();
  return performance.now() - from;
}

async function times(work: () => Promise<unknown>): Promise<number[]> {
  await work();
  const took: number[] = [];
  for (let turn = 0; turn < turns; turn += 1) took.push(await timed(work));
  return took;
}

function makeFiles(root: string, ids: readonly number[]): void {
  for (const stream of ['raw', 'processed'] as const) {
    mkdirSync(join(root, 'recorder/mic/data', stream), { recursive: true });
    for (const id of ids) writeFileSync(join(root, pathOf(stream, id)), Buffer.alloc(FILE_BYTES));
  }
}

async function measure(): Promise<JanitorMeasurement> {
  const file = join(folder, 'station.db');
  const connection = connect(file);
  applyMigrations(connection, MIGRATIONS);
  fill(connection, candidates);
  const thread = new JanitorThread(WORKER, file);
  const nowMs = Date.now();
  const request: PlanRequest = {
    nowMs,
    demands: [{ severity: 'housekeeping', reason: 'disk_space', bytes: 1e15, files: 0 }],
    oldestMs: null,
    afterUpload: false,
    blockBytes: 4096,
    workers: ['peaks'],
    stuck: [],
    limit: 500,
    extent: 'next',
  };
  const next = await times(() => thread.plan(request));
  const told = await times(() => thread.plan({ ...request, limit: 50, extent: 'told' }));
  const survey = await times(() => thread.survey(nowMs));
  const ids = Array.from({ length: recordings }, (_, index) => index + 1);
  makeFiles(folder, ids);
  const removal = new Removal({
    connection,
    clock: systemClock,
    logger: quiet,
    dataRoot: folder,
    journal: new DeletionJournal(join(folder, 'deletions.journal')),
    diskIsThere: () => Promise.resolve(true),
    alone: (work) => work(),
    forget: () => undefined,
    inUse: () => false,
    forceCommits: () => Promise.resolve(),
  });
  const sentence: Sentence = {
    mode: 'housekeeping',
    usage: { usedBytes: 75e9, freeBytes: 25e9, inodes: null, blockBytes: 4096 },
    thresholds: { warning: 70, critical: 80, emergency: 90 },
    minFreeBytes: null,
    maxAgeDays: null,
    copiesWanted: true,
    workers: ['peaks'],
    circumstances: { nowMs, copiesWanted: true, stuck: new Set() },
  };
  const remove = async (): Promise<void> => {
    for (let done = 0; done < recordings;) {
      const { items } = await thread.plan(request);
      for (let at = 0; at < items.length && done < recordings; at += SLICE) {
        done += (await removal.run(items.slice(at, at + SLICE), sentence)).recordings;
      }
    }
  };
  let loopMs = 0;
  const tookMs = await timed(async () => {
    loopMs = await longestStretch(remove);
  });
  makeFiles(folder, ids);
  const unlinkMs = await timed(() => {
    for (const id of ids) {
      unlinkSync(join(folder, pathOf('raw', id)));
      unlinkSync(join(folder, pathOf('processed', id)));
    }
    return Promise.resolve();
  });
  await thread.close();
  connection.sqlite.close();
  return {
    candidates,
    nextMs: next,
    toldMs: told,
    surveyMs: survey,
    deleted: { recordings, tookMs, unlinkMs },
    loopMs,
  };
}

writeFileSync(resultFile, JSON.stringify(await measure()));
