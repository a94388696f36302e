import { existsSync, mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { DeletionJournal } from '@main/janitor/deletion-journal';
import { longestStretch } from '../../support/longest-stretch';
import { diskAt } from '../../support/roomy-disk';
import { retentionFolder } from '../../support/retention-folder';
import { insertRecording } from '../../support/sample-rows';
import { soon } from '../../support/soon';

// Whatever is forced to the disk is forced to memory: no test here is about the disk itself.
const MEMORY = '/dev/shm';
beforeEach(() => {
  if (existsSync(MEMORY)) vi.stubEnv('TMPDIR', MEMORY);
});
afterEach(() => {
  vi.unstubAllEnvs();
});

/** Full until so many files of 10,000 bytes are gone: as much as a real disk tells, with figures of its own. */
function fillable(folder: ReturnType<typeof retentionFolder>, percentFull: number, each: number) {
  return () => {
    const gone = folder.deletions().length;
    return Promise.resolve(diskAt(percentFull - gone * each));
  };
}

describe('the janitor', () => {
  it('deletes in housekeeping what was read back and analysed, both files, keeps the row and says why', async () => {
    const folder = retentionFolder();
    folder.remote();
    const onlyHere = folder.recording();
    const sent = folder.recording({ copy: 'uploaded', uploaded: true });
    const saved = folder.recording({ copy: 'verified' });
    const janitor = folder.janitor({ measure: fillable(folder, 75, 10) });
    const status = await janitor.run();
    expect(saved.paths.some(folder.isHere)).toBe(false);
    expect([...onlyHere.paths, ...sent.paths].every(folder.isHere)).toBe(true);
    expect(folder.row(saved.id)).toEqual({
      local_deleted: 1,
      local_deleted_reason: 'disk_space',
      missing_file: null,
    });
    expect(folder.deletions()).toMatchObject([
      { recording_id: saved.id, mode: 'housekeeping', reason: 'disk_space', safe: 1 },
    ]);
    expect(folder.deletions()[0]?.explanation).toBe(
      'The disk was 75.0 % full (housekeeping above 70 %). Recorded 2026-04-01T00:00:30.000Z; read back from nas.',
    );
    expect(status).toMatchObject({ mode: 'quiet', deleted: { recordings: 1, unsaved: 0 } });
    expect(folder.forgotten).toEqual([...saved.paths]);
    expect(await folder.journal.read()).toEqual([]);
  });

  it('leaves to defensive what waits for its analysis, and to panic what has no copy', async () => {
    const folder = retentionFolder();
    folder.remote();
    const waiting = folder.recording({ copy: 'verified' });
    const onlyHere = folder.recording();
    let percent = 75;
    const janitor = folder.janitor({
      workers: () => ['peaks'],
      measure: () => Promise.resolve(diskAt(percent)),
    });
    await janitor.run();
    expect(folder.deletions()).toEqual([]);
    percent = 85;
    await janitor.run();
    expect(folder.deletions().map((row) => row.recording_id)).toEqual([waiting.id]);
    percent = 95;
    await janitor.run();
    expect(folder.deletions().map((row) => [row.recording_id, row.safe])).toEqual([
      [waiting.id, 1],
      [onlyHere.id, 0],
    ]);
    expect(folder.alerts.get('janitor.unsaved_deleted')).toContain('1 recording went');
  });

  it('counts as analysed what every worker that is on has passed, and waits for a job of one', async () => {
    const folder = retentionFolder();
    folder.remote();
    const [done, waits, unseen] = [1, 2, 3].map(() => folder.recording({ copy: 'verified' }));
    const { sqlite } = folder.connection;
    sqlite
      .prepare(
        "insert into analysis_cursors (worker, version, through_id) values ('peaks', '1', ?)",
      )
      .run(waits?.id);
    const job = sqlite.prepare(
      'insert into analysis_jobs (worker, recording_id, time_ms, priority) values (?, ?, 0, ?)',
    );
    job.run('peaks', waits?.id, 0);
    job.run('spectrogram', done?.id, 0); // off: it never blocks
    job.run('peaks', done?.id, -1); // given up
    folder.usage = diskAt(75);
    await folder.janitor({ workers: () => ['peaks'] }).run();
    expect(folder.deletions().map((row) => row.recording_id)).toEqual([done?.id]);
    expect(unseen?.paths.every(folder.isHere)).toBe(true);
  });

  it('works in batches until the disk is relieved, and stops there', async () => {
    const folder = retentionFolder();
    folder.remote();
    const many = Array.from({ length: 130 }, () => folder.recording({ copy: 'verified' }));
    folder.settings = { ...folder.settings, janitor_batch_size: 20 };
    // 75 % and 0.1 % for each: below 69 % after the third twenty.
    const status = await folder.janitor({ measure: fillable(folder, 75, 0.11) }).run();
    expect(folder.deletions().map((row) => row.recording_id)).toEqual(
      many.slice(0, 60).map(({ id }) => id),
    );
    expect(status.mode).toBe('quiet');
  });

  it('needs no copy where there is no remote, and says so', async () => {
    const folder = retentionFolder();
    const old = folder.recording();
    folder.usage = diskAt(75);
    const janitor = folder.janitor();
    expect(await janitor.run()).toMatchObject({ withoutRemotes: true, deleted: { unsaved: 0 } });
    expect(old.paths.some(folder.isHere)).toBe(false);
    expect(folder.alerts.get('janitor.without_remote')).toContain('1 recording went');
    expect(folder.deletions()[0]?.explanation).toContain('no copy of it anywhere');
    folder.remote('nas', { active: false }); // paused: it wants its copies later
    const kept = folder.recording();
    expect(await janitor.run()).toMatchObject({ withoutRemotes: false });
    expect(kept.paths.every(folder.isHere)).toBe(true);
    expect(folder.alerts.has('janitor.without_remote')).toBe(false);
  });

  it('believes no remote that was removed, and no copy that is not there any more', async () => {
    const folder = retentionFolder();
    folder.remote('nas', { removedAtMs: 1 });
    folder.remote('cloud');
    folder.recording({ copy: 'verified' });
    folder.usage = diskAt(85);
    await folder.janitor().run();
    expect(folder.deletions()).toEqual([]);
  });

  it('takes protected recordings last, only in panic, and raises an alert', async () => {
    const folder = retentionFolder();
    folder.remote();
    const dear = folder.recording({ protected: true, copy: 'verified' });
    const other = folder.recording();
    let percent = 85;
    const janitor = folder.janitor({ measure: () => Promise.resolve(diskAt(percent)) });
    await janitor.run();
    expect(folder.deletions()).toEqual([]);
    percent = 95;
    await janitor.run();
    expect(folder.deletions().map((row) => row.recording_id)).toEqual([other.id, dear.id]);
    expect(folder.alerts.get('janitor.protected_deleted')).toContain('1 recording');
    expect(folder.alerts.has('janitor.exhausted')).toBe(true);
  });

  it('passes over what cannot be removed, tells of it, and tries it again after an hour', async () => {
    const folder = retentionFolder();
    folder.remote();
    const away = folder.recording({ copy: 'verified' });
    const linked = folder.recording({ copy: 'verified' });
    const fine = folder.recording({ copy: 'verified' });
    const outside = join(folder.root, 'outside.wav');
    writeFileSync(outside, 'not ours');
    for (const path of away.paths) rmSync(join(folder.root, path));
    for (const path of linked.paths) {
      rmSync(join(folder.root, path));
      symlinkSync(outside, join(folder.root, path));
    }
    folder.usage = diskAt(75);
    const janitor = folder.janitor();
    expect(await janitor.run()).toMatchObject({ stuck: 2 });
    expect(folder.deletions().map((row) => row.recording_id)).toEqual([fine.id]);
    expect(linked.paths.every(folder.isHere)).toBe(true);
    expect(folder.alerts.get('janitor.stuck')).toContain('2 recordings could not be deleted');
    for (const path of linked.paths) {
      rmSync(join(folder.root, path));
      writeFileSync(join(folder.root, path), 'sound');
    }
    await janitor.run();
    expect(folder.deletions()).toHaveLength(1);
    await folder.clock.advance(3_600_000);
    await janitor.run();
    expect(folder.deletions()).toHaveLength(2);
  });

  it('says of a pair of which one file would not go which one is gone', async () => {
    const folder = retentionFolder();
    folder.remote();
    const half = folder.recording({ copy: 'verified' });
    const processed = join(folder.root, half.paths[1]);
    rmSync(processed);
    symlinkSync('elsewhere', processed);
    folder.usage = diskAt(75);
    await folder.janitor().run();
    expect(folder.row(half.id)).toMatchObject({ local_deleted: 0, missing_file: 'raw' });
    expect(folder.deletions()).toEqual([]);
  });

  it('asks again right before the deed: what was protected since stays', async () => {
    const folder = retentionFolder();
    folder.remote();
    const [first, second] = [
      folder.recording({ copy: 'verified' }),
      folder.recording({ copy: 'verified' }),
    ];
    folder.usage = diskAt(75);
    const janitor = folder.janitor({
      removal: {
        run: (planned, sentence) => {
          folder.connection.sqlite.exec(
            `update recordings set protected = 1 where id = ${String(first.id)}`,
          );
          return folder.removal({ inUse: (id) => id === second.id }).run(planned, sentence);
        },
      },
    });
    expect(await janitor.run()).toMatchObject({ deleted: { recordings: 0 } });
    expect([...first.paths, ...second.paths].every(folder.isHere)).toBe(true);
  });

  it('has the word that a copy was read back on the disk before a file goes', async () => {
    const folder = retentionFolder();
    folder.remote();
    const { paths } = folder.recording({ copy: 'verified' });
    folder.usage = diskAt(75);
    const cannot = () => Promise.reject(new Error('EIO: i/o error, fdatasync'));
    const failing = folder.janitor({ removal: folder.removal({ forceCommits: cannot }) });
    await failing.run().catch(() => undefined);
    expect(paths.every(folder.isHere)).toBe(true);
    const janitor = folder.janitor({
      removal: folder.removal({
        forceCommits: () => {
          expect(paths.every(folder.isHere)).toBe(true);
          return Promise.resolve();
        },
      }),
    });
    expect(await janitor.run()).toMatchObject({ deleted: { recordings: 1 } });
  });

  it('only plans while it is held, and says so', async () => {
    const folder = retentionFolder();
    folder.remote();
    const saved = folder.recording({ copy: 'verified' });
    folder.usage = diskAt(95);
    folder.held = 'The database was restored, and no audit has passed since.';
    const janitor = folder.janitor();
    expect(await janitor.run()).toMatchObject({ held: folder.held, deleted: { recordings: 0 } });
    expect(folder.alerts.get('janitor.held')).toContain('restored');
    expect(await janitor.plan(10)).toMatchObject({ held: folder.held, recordings: 1 });
    expect(saved.paths.every(folder.isHere)).toBe(true);
  });

  it('plans without doing, and counts what stays and why', async () => {
    const folder = retentionFolder();
    folder.remote();
    folder.recording({ protected: true, copy: 'verified' });
    folder.recording();
    folder.recording({ copy: 'uploaded', uploaded: true });
    const saved = Array.from({ length: 3 }, () => folder.recording({ copy: 'verified' }));
    folder.usage = diskAt(75);
    const plan = await folder.janitor().plan(2);
    expect(plan).toMatchObject({
      mode: 'housekeeping',
      wantedBytes: 6e9,
      recordings: 3,
      held: null,
    });
    expect(plan.items.map((item) => item.recordingId)).toEqual(
      saved.slice(0, 2).map(({ id }) => id),
    );
    expect(plan.items[0]).toMatchObject({ reason: 'disk_space', safe: true, sizeBytes: 6 * 4096 });
    expect([...plan.kept].sort((a, b) => (a.reason < b.reason ? -1 : 1))).toEqual([
      { reason: 'not_uploaded', recordings: 1 },
      { reason: 'not_verified', recordings: 1 },
      { reason: 'protected', recordings: 1 },
    ]);
    expect(folder.deletions()).toEqual([]);
  });

  it('measures at its interval, and at once when the disk gets worse', async () => {
    const folder = retentionFolder();
    folder.remote();
    folder.recording({ copy: 'verified' });
    folder.recording();
    const janitor = folder.janitor();
    await janitor.start();
    const atRest = () =>
      soon(() => {
        expect(folder.clock.sleeping).toBe(1);
      });
    const pass = async (seconds: number) => {
      for (let n = 0; n < seconds; n += 1) {
        await atRest();
        await folder.clock.advance(1_000);
      }
      await atRest();
    };
    await atRest();
    folder.usage = diskAt(75);
    await pass(1);
    expect(folder.deletions()).toHaveLength(1);
    const late = folder.recording({ copy: 'verified' });
    await pass(5);
    expect(late.paths.every(folder.isHere)).toBe(true);
    await pass(60);
    expect(folder.deletions()).toHaveLength(2);
    expect(janitor.status()).toMatchObject({
      state: 'ok',
      counters: { current_mode: 'housekeeping', disk_usage_percent: 75, files_deleted_total: 2 },
    });
  });

  it('deletes nothing that it cannot note beforehand, but in panic: there is no room for a note then', async () => {
    const folder = retentionFolder();
    folder.remote();
    const saved = folder.recording({ copy: 'verified' });
    const journal = new DeletionJournal('/proc/nonexistent/deletions.journal');
    const janitor = folder.janitor({ removal: folder.removal({ journal }) });
    folder.usage = diskAt(85);
    await janitor.run();
    expect(saved.paths.every(folder.isHere)).toBe(true);
    expect(janitor.status().details).toContain('ENOENT');
    folder.usage = diskAt(95);
    await janitor.run();
    expect(saved.paths.some(folder.isHere)).toBe(false);
    expect(folder.deletions()).toHaveLength(1);
    expect(folder.logger.events()).toContain('janitor.journal_failed');
  });

  it('deletes the sidecar of an import with it', async () => {
    const folder = retentionFolder();
    const path = 'imported/ab/sound.wav';
    mkdirSync(join(folder.root, 'imported/ab'), { recursive: true });
    for (const name of [path, 'imported/ab/sound.json', 'imported/ab/other.json']) {
      writeFileSync(join(folder.root, name), 'x');
    }
    insertRecording(folder.connection, { device: 'mic', rawPath: path, source: 'import' });
    folder.usage = diskAt(75);
    const companionsOf = (of: string) => [of.replace('.wav', '.json')];
    await folder.janitor({ removal: folder.removal({ companionsOf }) }).run();
    expect(readdirSync(join(folder.root, 'imported/ab'))).toEqual(['other.json']);
  });

  it('never holds up the main loop, however much goes', async () => {
    const folder = retentionFolder();
    for (let n = 0; n < 200; n += 1) folder.recording({ bytes: 10 });
    folder.usage = diskAt(75);
    const janitor = folder.janitor();
    const stretch = await longestStretch(() => janitor.run());
    expect(folder.deletions()).toHaveLength(200);
    expect(stretch).toBeLessThan(20);
  });

  it('waits for a disk that tells of what was freed only later, before it deletes as much again', async () => {
    const folder = retentionFolder();
    folder.remote();
    // As large as their rows say: six of them are what is wanted.
    for (let n = 0; n < 10; n += 1) folder.recording({ copy: 'verified', rawSizeBytes: 1e9 });
    folder.usage = diskAt(75);
    const running = folder.janitor().run();
    await soon(() => {
      expect(folder.clock.sleeping).toBe(1);
    });
    expect(folder.deletions()).toHaveLength(6);
    folder.usage = diskAt(69);
    await folder.clock.advance(1_000);
    expect(await running).toMatchObject({ mode: 'quiet', deleted: { recordings: 6 } });
  });

  it('deletes what is too old or uploaded as soon as that is set, but nothing for its age by a clock that may be wrong', async () => {
    const folder = retentionFolder();
    folder.remote();
    const old = folder.recording({ copy: 'verified' });
    const fresh = folder.recording({
      copy: 'verified',
      timeMs: folder.clock.wallMs() - 86_400_000,
    });
    const onlyHere = folder.recording();
    let trusted = false;
    const janitor = folder.janitor({ clockTrusted: () => trusted });
    folder.settings = { ...folder.settings, max_age_days: 7 };
    await janitor.run();
    expect(folder.deletions()).toEqual([]);
    trusted = true;
    await janitor.run();
    expect(folder.deletions()).toMatchObject([
      { recording_id: old.id, reason: 'max_age', mode: 'quiet' },
    ]);
    expect(folder.deletions()[0]?.explanation).toContain('older than 7 days (max_age_days)');
    await janitor.start();
    await soon(() => {
      expect(folder.clock.sleeping).toBe(1);
    });
    folder.settings = { ...folder.settings, delete_after_upload: true };
    folder.bus.emit('settings.changed', { keys: ['processor.delete_after_upload'] });
    await soon(() => {
      expect(folder.deletions()).toMatchObject([
        {},
        { recording_id: fresh.id, reason: 'after_upload' },
      ]);
    });
    expect(onlyHere.paths.every(folder.isHere)).toBe(true);
  });

  it('keeps a floor of free bytes with what is saved, and loses nothing for it', async () => {
    const folder = retentionFolder();
    folder.remote();
    const saved = folder.recording({ copy: 'verified' });
    const onlyHere = folder.recording();
    folder.usage = diskAt(60);
    folder.settings = { ...folder.settings, min_free_gb: 45 };
    await folder.janitor({ workers: () => ['peaks'] }).run();
    expect(folder.deletions()).toMatchObject([{ recording_id: saved.id, reason: 'min_free' }]);
    expect(folder.deletions()[0]?.explanation).toContain('40.0 GB were free, 45.0 GB are to be');
    expect(onlyHere.paths.every(folder.isHere)).toBe(true);
  });

  it('tells its history, the newest first, in pages, without what people purged', async () => {
    const folder = retentionFolder();
    folder.remote();
    const ids = Array.from({ length: 3 }, () => folder.recording({ copy: 'verified' }).id);
    folder.usage = diskAt(75);
    const janitor = folder.janitor();
    await janitor.run();
    folder.connection.sqlite.exec(
      "insert into deletions (recording_id, paths, size_bytes, deleted_at_ms, mode, reason) values (9, '[]', 0, 0, 'purge', 'x')",
    );
    const first = janitor.history({ limit: 2 });
    expect(first.items.map((item) => item.recordingId)).toEqual([ids[2], ids[1]]);
    const second = janitor.history({ limit: 2, cursor: first.nextCursor ?? '' });
    expect(second).toMatchObject({
      items: [{ recordingId: ids[0], safe: true }],
      nextCursor: null,
    });
    expect(() => janitor.history({ limit: 2, cursor: 'x' })).toThrow('cursor');
  });
});
