import { mkdirSync, renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { toInstant } from '@shared/model/time';
import { Audit, type AuditOptions } from '@main/indexer/audit';
import { Alerts } from '@main/monitor/alerts';
import { settle } from '../../support/fake-clock';
import { type IndexedFolder, indexedFolder, type SegmentFile } from '../../support/indexed-folder';
import { longestStretch } from '../../support/longest-stretch';
import { insertDevice } from '../../support/sample-rows';
import { threadUrl } from '../../support/threads';

const WORKER = threadUrl('audit-worker');

const PATIENT = { timeout: 20_000 };

interface Audited extends IndexedFolder {
  readonly alerts: Alerts;
  audit(options?: Partial<AuditOptions>): Audit;
  path(file: { stream?: string; name: string; workspace?: string }): string;
}

function audited(): Audited {
  const folder = indexedFolder();
  insertDevice(folder.connection, 'mic', { workspace: 'mic' });
  const alerts = new Alerts(folder);
  return {
    ...folder,
    alerts,
    path: ({ workspace = 'mic', stream = 'raw', name }) =>
      join(folder.recorderDir, workspace, 'data', stream, name),
    audit: (options = {}) => {
      const audit = new Audit({
        connection: folder.connection,
        clock: folder.clock,
        bus: folder.bus,
        logger: folder.logger,
        dataRoot: folder.root,
        workerUrl: WORKER,
        indexer: folder.indexer,
        registerImported: () => Promise.resolve({ registered: 0, healed: 0 }),
        mistrust: () => Promise.resolve(null),
        alerts,
        ...options,
      });
      onTestFinished(() => audit.stop());
      return audit;
    },
  };
}

/** Pairs, indexed. @returns their names */
async function pairs(folder: Audited, count: number, file: SegmentFile = {}): Promise<string[]> {
  const names = Array.from({ length: count }, (_, sequence) => {
    folder.place({ ...file, sequence, stream: 'processed' });
    return folder.place({ ...file, sequence });
  });
  await folder.indexer.sweep();
  return names;
}

const state = (folder: Audited) =>
  folder
    .rows()
    .map(({ localDeleted, missingFile, integrity }) => [
      localDeleted ? 'all' : missingFile,
      integrity,
    ]);
/** How many recordings the page was told of, each time. */
function news(folder: Audited): number[] {
  const told: number[] = [];
  folder.bus.on('recordings.changed', ({ recordings }) => told.push(recordings));
  return told;
}
const open = (folder: Audited): string[] => folder.alerts.open().map(({ code }) => code);

describe('an audit', () => {
  it.each(['raw', 'processed'] as const)(
    'marks of a recording whose %s file is gone that it has this one no more, and tells of it',
    async (stream) => {
      const folder = audited();
      const names = await pairs(folder, 5);
      rmSync(folder.path({ stream, name: names[3]! }));
      const told = news(folder);
      const report = await folder.audit().now();
      expect(report).toEqual({
        refused: null,
        rows: 5,
        markedMissing: 1,
        healed: 0,
        registered: 0,
      });
      expect(state(folder)[3]).toEqual([stream, 'missing']);
      expect(told).toEqual([1]);
      expect(open(folder)).toEqual(['recordings.missing']);
      expect(folder.alerts.open()[0]?.evidence).toContain(names[3]);
    },
  );

  it('marks a recording as gone only when it has no file any more', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    const [raw, processed] = (['raw', 'processed'] as const).map((stream) =>
      folder.path({ stream, name: names[3]! }),
    );
    const audit = folder.audit();
    rmSync(raw!);
    await audit.now();
    rmSync(processed!);
    expect(await audit.now()).toMatchObject({ rows: 5, markedMissing: 1, healed: 0 });
    expect(state(folder)[3]).toEqual(['all', 'missing']);
    const row = folder.connection.sqlite
      .prepare('select local_deleted_reason from recordings where local_deleted = 1')
      .pluck();
    expect(row.all()).toEqual(['reconciliation']);
    expect(await audit.now()).toMatchObject({ rows: 4, markedMissing: 0, healed: 0 });
  });

  it.each(['raw', 'processed'] as const)(
    'finds the %s file again without the other, and then that one',
    async (stream) => {
      const folder = audited();
      const names = await pairs(folder, 5);
      const other = stream === 'raw' ? 'processed' : 'raw';
      const [file, late] = [stream, other].map((one) =>
        folder.path({ stream: one, name: names[0]! }),
      );
      for (const one of [file!, late!]) renameSync(one, `${one}.away`);
      const audit = folder.audit();
      await audit.now();
      expect(state(folder)[0]).toEqual(['all', 'missing']);
      const told = news(folder);
      renameSync(`${file!}.away`, file!);
      expect(await audit.now()).toMatchObject({ markedMissing: 0, healed: 1 });
      expect(state(folder)[0]).toEqual([other, 'missing']);
      renameSync(`${late!}.away`, late!);
      expect(await audit.now()).toMatchObject({ markedMissing: 0, healed: 1 });
      expect(state(folder)[0]).toEqual([null, null]);
      expect(told).toEqual([1, 1]);
    },
  );

  it('finds a file of a pair again by a sweep, under another name, too', async () => {
    const folder = audited();
    const [name = ''] = await pairs(folder, 1);
    await pairs(folder, 3, { runId: 'bbbbbbbb' });
    const file = folder.path({ stream: 'processed', name });
    renameSync(file, `${file}.away`);
    await folder.audit().now();
    const told = news(folder);
    const other = folder.path({ stream: 'processed', name: name.replace('T12', 'T13') });
    renameSync(`${file}.away`, other);
    await folder.again().sweep(true);
    const row = folder.rows().find(({ runId }) => runId === 'aaaaaaaa');
    expect(row).toMatchObject({ localDeleted: false, missingFile: null, integrity: null });
    expect(row?.processed?.path).toContain('T13');
    expect(row?.raw?.path).toContain(name);
    expect(told).toEqual([1]);
  });

  it('knows what an earlier version took for gone while half of the pair was there', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    rmSync(folder.path({ name: names[0]! }));
    folder.connection.sqlite.exec(
      `update recordings set local_deleted = 1, local_deleted_reason = 'reconciliation', integrity = 'missing'
       where sequence = (select min(sequence) from recordings)`,
    );
    await folder.audit().now();
    expect(state(folder)[0]).toEqual(['raw', 'missing']);
  });

  it('stays with it while half of the pair is there, and takes it back when both are', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    const file = folder.path({ name: names[0]! });
    renameSync(file, `${file}.away`);
    const audit = folder.audit();
    await audit.now();
    for (let n = 0; n < 3; n += 1) await folder.indexer.sweep(true);
    await folder.again().sweep(true); // as after a restart
    expect(state(folder)[0]).toEqual(['raw', 'missing']);
    expect((await audit.now()).markedMissing).toBe(0);

    renameSync(`${file}.away`, file);
    expect(await audit.now()).toMatchObject({ markedMissing: 0, healed: 1, registered: 0 });
    expect(state(folder)[0]).toEqual([null, null]);
    expect(open(folder)).toEqual([]);
  });

  it('takes up a file that lies under another name now', async () => {
    const folder = audited();
    const [name = ''] = await pairs(folder, 1);
    await pairs(folder, 3, { runId: 'bbbbbbbb' });
    const other = name.replace('2026-05-01T12', '2026-05-01T13');
    for (const stream of ['raw', 'processed']) {
      renameSync(folder.path({ stream, name }), folder.path({ stream, name: other }));
    }
    const audit = folder.audit();
    await audit.now();
    await audit.now();
    const row = folder.rows().find(({ runId }) => runId === 'aaaaaaaa');
    expect(row).toMatchObject({ localDeleted: false });
    expect(row?.raw?.path).toContain(other);
    expect(row?.processed?.path).toContain(other);
  });

  it('registers files without a row, imported ones too', async () => {
    const folder = audited();
    folder.place({ sequence: 1 });
    folder.place({ sequence: 2 });
    const registerImported = () => Promise.resolve({ registered: 3, healed: 1 });
    const report = await folder.audit({ registerImported }).now();
    expect(report).toMatchObject({ rows: 2, registered: 5, healed: 1 });
  });

  it('asks the database again about files that it believed to be known', async () => {
    const folder = audited();
    await pairs(folder, 3);
    folder.connection.sqlite.exec('delete from recordings');
    expect(await folder.audit().now()).toMatchObject({ registered: 3 });
  });

  it('takes a link, a folder or a pipe of that name for no recording', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    const [linked, made] = names.map((name) => folder.path({ name }));
    renameSync(linked!, `${linked!}.away`);
    symlinkSync(`${linked!}.away`, linked!);
    rmSync(made!);
    mkdirSync(made!);
    expect(await folder.audit().now()).toMatchObject({ markedMissing: 2 });
  });

  it('leaves alone what was deleted for another reason', async () => {
    const folder = audited();
    const names = await pairs(folder, 3);
    for (const stream of ['raw', 'processed']) rmSync(folder.path({ stream, name: names[0]! }));
    folder.connection.sqlite.exec(
      "update recordings set local_deleted = 1, local_deleted_reason = 'janitor' where sequence = 0",
    );
    expect(await folder.audit().now()).toMatchObject({ rows: 2, markedMissing: 0 });
    const row = folder.connection.sqlite
      .prepare('select local_deleted_reason from recordings where sequence = 0')
      .pluck();
    expect(row.get()).toBe('janitor');
  });

  it('lets no file of what was deleted be forgotten on the disk', async () => {
    const folder = audited();
    const names = await pairs(folder, 3);
    rmSync(folder.path({ name: names[0]! }));
    folder.connection.sqlite.exec(
      "update recordings set local_deleted = 1, local_deleted_reason = 'janitor' where sequence = 0",
    );
    expect(await folder.audit().now()).toMatchObject({ rows: 3, markedMissing: 0, healed: 1 });
    expect(state(folder)[0]).toEqual(['raw', 'missing']);
  });

  it('does not mark what came or was renamed after the folder was listed', async () => {
    const folder = audited();
    const names = await pairs(folder, 4);
    const path = folder.path({ name: names[0]! });
    const away = `${path}.away`;
    let looks = 0;
    // Between the listing and the marking the disk is looked at once more.
    const mistrust = (): Promise<string | null> => {
      looks += 1;
      if (looks === 1) renameSync(path, away);
      else renameSync(away, path);
      return Promise.resolve(null);
    };
    expect(await folder.audit({ mistrust }).now()).toMatchObject({ markedMissing: 0 });
    expect(looks).toBe(2);
    expect(state(folder)).toEqual(names.map(() => [null, null]));
  });

  it('tells of what is gone until all of it is back, however many audits find nothing more', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    const gone = [folder.path({ name: names[0]! }), folder.path({ name: names[1]! })];
    for (const path of gone) renameSync(path, `${path}.away`);
    const audit = folder.audit();
    await audit.now();
    expect(await audit.now()).toMatchObject({ markedMissing: 0 });
    expect(open(folder)).toEqual(['recordings.missing']);
    renameSync(`${gone[0]!}.away`, gone[0]!);
    await audit.now();
    expect(open(folder)).toEqual(['recordings.missing']);
    renameSync(`${gone[1]!}.away`, gone[1]!);
    await audit.now();
    expect(open(folder)).toEqual([]);
  });

  it('misses nothing of what was discarded, as a purge leaves it that was cut short', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    const discarded = 'update recordings set deleted_at_ms = 1 where sequence < 4';
    folder.connection.sqlite.exec(discarded);
    for (const name of names.slice(0, 4)) {
      for (const stream of ['raw', 'processed']) rmSync(folder.path({ stream, name }));
    }
    expect(await folder.audit().now()).toMatchObject({ refused: null, rows: 1, markedMissing: 0 });
    expect(open(folder)).toEqual([]);
    const marked = folder.connection.sqlite.prepare(
      "select count(*) from recordings where local_deleted = 1 or integrity = 'missing'",
    );
    expect(marked.pluck().get()).toBe(0);
  });

  it('does not ask again for what a person has discarded since it was marked', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    rmSync(folder.path({ name: names[0]! }));
    const audit = folder.audit();
    await audit.now();
    folder.connection.sqlite.exec('update recordings set deleted_at_ms = 1 where sequence = 0');
    await audit.now();
    expect(open(folder)).toEqual([]);
  });

  it('writes into the log that nobody rewrites what it marked', async () => {
    const folder = audited();
    const names = await pairs(folder, 3);
    rmSync(folder.path({ name: names[0]! }));
    await folder.audit().now();
    const entry = folder.connection.sqlite.prepare('select action, new_value from audit_log').get();
    expect(entry).toMatchObject({ action: 'recordings.missing' });
    expect(JSON.stringify(entry)).toContain(names[0]);
  });
});

describe('how the audit stands', () => {
  it('is told: nothing yet, what the last one came to, and why one did not get through', async () => {
    const folder = audited();
    await pairs(folder, 2);
    let broken = false;
    const audit = folder.audit({
      registerImported: () =>
        broken ? Promise.reject(new Error('EIO')) : Promise.resolve({ registered: 0, healed: 0 }),
    });
    expect(audit.progress()).toEqual({ running: false, problem: null, last: null });
    const report = await audit.now();
    const last = { at: toInstant(folder.clock.wallMs()), report };
    expect(audit.progress()).toEqual({ running: false, problem: null, last });
    broken = true;
    await expect(audit.now()).rejects.toThrow('EIO');
    expect(audit.progress()).toEqual({ running: false, problem: 'EIO', last });
  });
});

describe('an audit refuses', () => {
  it('where most recordings would be marked, and marks them when a person has looked', async () => {
    const folder = audited();
    const names = await pairs(folder, 5);
    for (const name of names.slice(0, 3)) rmSync(folder.path({ name }));
    const audit = folder.audit();
    const refused = await audit.now();
    expect(refused).toMatchObject({ rows: 5, markedMissing: 0 });
    expect(refused.refused).toContain('3 of 5 recordings');
    expect(state(folder).some(([deleted]) => deleted)).toBe(false);
    expect(open(folder)).toEqual(['audit.refused']);
    expect(audit.status().details).toContain('3 of 5');

    expect(await audit.now(true)).toMatchObject({ refused: null, markedMissing: 3 });
    expect(open(folder)).toEqual(['recordings.missing']);
  });

  it('where nothing is left of a folder that held many', async () => {
    const folder = audited();
    insertDevice(folder.connection, 'other', { workspace: 'other' });
    await pairs(folder, 130);
    await pairs(folder, 100, { workspace: 'other' });
    renameSync(join(folder.recorderDir, 'other'), join(folder.root, 'away'));
    const { refused } = await folder.audit().now();
    expect(refused).toContain('files of recordings in recorder/other/ is there');
    expect(state(folder).some(([deleted]) => deleted)).toBe(false);
  });

  it('where the disk is not there, without reading anything', async () => {
    const folder = audited();
    await pairs(folder, 2);
    const mistrust = () => Promise.resolve('The disk is gone.');
    expect(await folder.audit({ mistrust }).now()).toMatchObject({
      refused: 'The disk is gone.',
      rows: 0,
    });
    expect(open(folder)).toEqual(['audit.refused']);
  });

  it('where the disk goes while it is being read', async () => {
    const folder = audited();
    const names = await pairs(folder, 4);
    rmSync(folder.path({ name: names[0]! }));
    const answers = [null, 'The disk is gone.'];
    const mistrust = () => Promise.resolve(answers.shift() ?? null);
    expect(await folder.audit({ mistrust }).now()).toMatchObject({ markedMissing: 0 });
    expect(state(folder)[0]).toEqual([null, null]);
  });
});

describe('as a service it', () => {
  it('carries one out at start, and another when the disk is back', async () => {
    const folder = audited();
    const passed: unknown[] = [];
    folder.bus.on('audit.passed', (counts) => passed.push(counts));
    const names = await pairs(folder, 5);
    let gone: string | null = 'The disk is gone.';
    const audit = folder.audit({ mistrust: () => Promise.resolve(gone) });
    await audit.start();
    await settle();
    expect(audit.status()).toMatchObject({ state: 'degraded', details: 'The disk is gone.' });

    gone = null;
    rmSync(folder.path({ name: names[1]! }));
    folder.bus.emit('data_disk.changed', { state: 'ok' });
    await expect
      .poll(() => passed, PATIENT)
      .toEqual([{ rows: 5, markedMissing: 1, healed: 0, registered: 0 }]);
    expect(audit.status().state).toBe('ok');
    expect(open(folder)).toEqual(['recordings.missing']);
  });

  it('tries again after a failure', async () => {
    const folder = audited();
    await pairs(folder, 1);
    let asked = 0;
    const mistrust = (): Promise<null> => {
      asked += 1;
      return asked === 1 ? Promise.reject(new Error('EIO')) : Promise.resolve(null);
    };
    const audit = folder.audit({ mistrust });
    await audit.start();
    await settle();
    expect(audit.status()).toMatchObject({ state: 'degraded', details: 'EIO' });
    await folder.clock.advance(10 * 60_000);
    await expect.poll(() => audit.status().state, PATIENT).toBe('ok');
  });

  it('is one at a time: who asks meanwhile gets one that begins then, and not one each', async () => {
    const folder = audited();
    await pairs(folder, 2);
    let looks = 0;
    const mistrust = (): Promise<null> => {
      looks += 1;
      return Promise.resolve(null);
    };
    const audit = folder.audit({ mistrust });
    const underWay = audit.now();
    await settle();
    const name = folder.place({ sequence: 7 });
    await Promise.all([audit.now(), audit.now()]);
    await underWay;
    expect(looks).toBe(4);
    expect(folder.rows().at(-1)?.raw?.path).toContain(name);
  });

  it('stops at once in the middle of it', async () => {
    const folder = audited();
    await pairs(folder, 2);
    const audit = folder.audit();
    await audit.start();
    const asked = audit.now();
    await audit.stop();
    expect((await asked).markedMissing).toBe(0);
    expect(audit.status().state).toBe('stopped');
  });

  it('marks thousands without holding up the main loop', async () => {
    const folder = audited();
    const add = folder.connection.sqlite.prepare(
      `insert into recordings (device, time_ms, duration_s, run_id, sequence, raw_path, indexed_at_ms)
       values ('mic', ?, 10, 'cccccccc', ?, 'recorder/mic/data/raw/' || ?, 0)`,
    );
    const here = join(folder.recorderDir, 'mic/data/raw');
    mkdirSync(here, { recursive: true });
    folder.connection.sqlite.transaction(() => {
      for (let n = 0; n < 4_000; n += 1) add.run(n, n, `${String(n).padStart(8, '0')}.wav`);
    })();
    for (let n = 0; n < 4_000; n += 10) {
      writeFileSync(join(here, `${String(n).padStart(8, '0')}.wav`), '');
    }
    const audit = folder.audit();
    let marked = 0;
    const longest = await longestStretch(async () => {
      marked = (await audit.now(true)).markedMissing;
    });
    expect(marked).toBe(3_600);
    expect(longest).toBeLessThan(20);
  });
});
