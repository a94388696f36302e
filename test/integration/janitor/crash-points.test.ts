import { existsSync, rmSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { PlanReader } from '@main/janitor/plan-reader';
import type { Sentence } from '@main/janitor/removal';
import type { CrashPoint } from '../../support/crashing-files';
import { diskAt } from '../../support/roomy-disk';
import { retentionFolder, type RetentionFolder } from '../../support/retention-folder';

const crash = vi.hoisted(() => ({ point: null as CrashPoint | null }));
vi.mock('node:fs/promises', async (original) => {
  const support = await import('../../support/crashing-files');
  crash.point = new support.CrashPoint();
  const files = support.crashingFiles(await original(), crash.point);
  return {
    ...Object.fromEntries(Object.keys(files).map((key) => [key, files[key as never]])),
    default: files,
  };
});

const MEMORY = '/dev/shm';
beforeEach(() => {
  // The power cut is staged: nothing needs a real disk.
  if (existsSync(MEMORY)) vi.stubEnv('TMPDIR', MEMORY);
  point().arm(Infinity);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

function point(): CrashPoint {
  if (crash.point === null) throw new Error('no crash point');
  return crash.point;
}

const GB = 1e9;

/** Deletes all there is, as a cycle does. @throws Crash */
async function deleteAll(folder: RetentionFolder): Promise<void> {
  const { items, copiesWanted } = new PlanReader(folder.connection.sqlite).plan({
    nowMs: folder.clock.wallMs(),
    demands: [{ severity: 'housekeeping', reason: 'disk_space', bytes: 6 * GB, files: 0 }],
    oldestMs: null,
    afterUpload: false,
    blockBytes: 4096,
    workers: [],
    stuck: [],
    limit: 100,
    extent: 'next',
  });
  const sentence: Sentence = {
    mode: 'housekeeping',
    usage: diskAt(75),
    thresholds: { warning: 70, critical: 80, emergency: 90 },
    minFreeBytes: null,
    maxAgeDays: null,
    copiesWanted,
    workers: [],
    circumstances: { nowMs: folder.clock.wallMs(), copiesWanted, stuck: new Set() },
  };
  const removal = folder.removal({
    // A dead process sees no disk: nothing is concluded after its end.
    diskIsThere: () => Promise.resolve(!point().dead),
  });
  await removal.run(items, sentence);
}

function three(): { folder: RetentionFolder; made: ReturnType<RetentionFolder['recording']>[] } {
  const folder = retentionFolder();
  folder.remote();
  return { folder, made: [1, 2, 3].map(() => folder.recording({ copy: 'verified' })) };
}

/** Both files and no word of a deletion, or neither file and one word of it. */
function isWhole(folder: RetentionFolder, one: ReturnType<RetentionFolder['recording']>): boolean {
  const here = one.paths.filter(folder.isHere).length;
  const row = folder.row(one.id);
  const told = folder.deletions().filter((deletion) => deletion.recording_id === one.id);
  return here === 2
    ? row.local_deleted === 0 && told.length === 0
    : here === 0 &&
        row.local_deleted === 1 &&
        row.local_deleted_reason === 'disk_space' &&
        told.length === 1;
}

describe('a process that is killed while it deletes', () => {
  it('leaves at every moment what the next one finishes or takes back, with the reason', async () => {
    const trial = three();
    point().arm(Infinity);
    await deleteAll(trial.folder);
    const operations = point().count;
    expect(operations).toBeGreaterThan(20);
    let [finished, untouched] = [0, 0];
    for (let at = 1; at <= operations; at += 1) {
      const { folder, made } = three();
      point().arm(at);
      await deleteAll(folder).catch(() => undefined);
      point().arm(Infinity);
      await folder.interrupted().heal();
      expect(made.map((one) => isWhole(folder, one))).toEqual([true, true, true]);
      expect(await folder.journal.read()).toEqual([]);
      const gone = folder.deletions().length;
      finished += gone;
      untouched += 3 - gone;
      expect(await folder.interrupted().heal()).toBe(0);
      await deleteAll(folder);
      expect(folder.deletions()).toHaveLength(3);
    }
    expect(Math.min(finished, untouched)).toBeGreaterThan(0);
  });

  const entryOf = (paths: readonly string[]) => ({
    atMs: 1_000,
    mode: 'panic' as const,
    reason: 'disk_space' as const,
    safe: null,
    explanation: 'because',
    paths: [...paths],
    bytes: 20_000,
  });

  it('finishes no pair of which the other file was protected meanwhile, or while deletions are held', async () => {
    const { folder, made } = three();
    const [dear, held] = made;
    folder.connection.sqlite.exec('update recordings set protected = 1 where id = 1');
    await folder.journal.add([entryOf(dear?.paths ?? [])]);
    rmSync(join(folder.root, dear?.paths[0] ?? ''));
    expect(await folder.interrupted().heal()).toBe(0);
    expect(folder.isHere(dear?.paths[1] ?? '')).toBe(true);
    folder.held = 'The database was restored.';
    await folder.journal.add([entryOf(held?.paths ?? [])]);
    rmSync(join(folder.root, held?.paths[0] ?? ''));
    expect(await folder.interrupted().heal()).toBe(0);
    expect(folder.isHere(held?.paths[1] ?? '')).toBe(true);
  });

  it('explains what an audit found missing before, tells of files that no row knows, and passes over torn lines', async () => {
    const { folder, made } = three();
    const [first] = made;
    folder.connection.sqlite.exec(
      "update recordings set local_deleted = 1, local_deleted_reason = 'reconciliation' where id = 1",
    );
    for (const path of first?.paths ?? []) rmSync(join(folder.root, path));
    await folder.journal.add([
      entryOf(first?.paths ?? []),
      entryOf(['recorder/mic/data/raw/never.wav']),
    ]);
    await appendFile(folder.journalFile, '{"atMs": 12');
    expect(await folder.interrupted().heal()).toBe(2);
    expect(folder.row(1).local_deleted_reason).toBe('disk_space');
    expect(folder.deletions()).toMatchObject([
      { recording_id: 1, explanation: 'because', safe: null },
      { recording_id: null },
    ]);
  });

  it('believes nothing while the disk is not there', async () => {
    const { folder, made } = three();
    await folder.journal.add([entryOf(['recorder/mic/data/raw/never.wav'])]);
    folder.diskIsThere = false;
    await expect(folder.interrupted().heal()).rejects.toThrow('disk is not there');
    expect(await folder.journal.read()).toHaveLength(1);
    await expect(folder.removal().run([], {} as Sentence)).rejects.toThrow('disk is not there');
    expect(made.every((one) => isWhole(folder, one))).toBe(true);
  });
});
