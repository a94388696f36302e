import { execFileSync, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { restoreImported } from '@main/composition/restore-imported';
import { Audit } from '@main/indexer/audit';
import { ImportedFiles } from '@main/indexer/imported-files';
import { importBench, type ImportBench, soundOf } from '../../support/import-bench';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { threadUrl } from '../../support/threads';

const AUDIT = threadUrl('audit-worker');
const hasFlac = spawnSync('flac', ['--version']).status === 0;

/** A library that holds the one recording of the card. */
async function taken(): Promise<{ bench: ImportBench; bytes: Buffer; copy: string; id: number }> {
  const bench = importBench();
  const bytes = soundOf(1);
  bench.put('a.wav', bytes);
  expect((await bench.take()).files).toMatchObject({ imported: 1 });
  const [row] = bench.rows();
  const copy = join(bench.root, String(row!['raw_path']));
  return { bench, bytes, copy, id: Number(row!['id']) };
}

const states = (bench: ImportBench) =>
  bench.rows().map(({ id, local_deleted: away, deleted_at_ms: deleted, integrity }) => ({
    id,
    away,
    deleted,
    integrity,
  }));

const whole = (id: number) => [{ id, away: 0, deleted: null, integrity: null }];

describe('a card that comes again', () => {
  it.each([
    ['is gone', rmSync],
    [
      'was cut',
      (copy: string) => {
        truncateSync(copy, 1000);
      },
    ],
  ])('brings back what %s without the database knowing', async (_, harm) => {
    const { bench, bytes, copy, id } = await taken();
    harm(copy);
    const again = await bench.take();
    expect(again.files).toMatchObject({ imported: 1, duplicate: 0 });
    expect(readFileSync(copy)).toEqual(bytes);
    expect(states(bench)).toEqual(whole(id));
    expect(bench.report(again.id)['a.wav']!.detail).toContain('its file is back');
    expect((await bench.take()).files).toMatchObject({ imported: 0, duplicate: 1 });
  });

  it('heals a copy that was found damaged, whatever its length', async () => {
    const { bench, bytes, copy, id } = await taken();
    const damaged = Buffer.from(bytes);
    damaged.writeInt16LE(1234, 400);
    writeFileSync(copy, damaged);
    bench.connection.sqlite.exec(`update recordings set integrity = 'corrupt', verified_at_ms = 5`);
    expect((await bench.take()).files).toMatchObject({ imported: 1, duplicate: 0 });
    expect(readFileSync(copy)).toEqual(bytes);
    expect(states(bench)).toEqual(whole(id));
    expect(bench.rows()[0]).toMatchObject({ verified_at_ms: null });
  });

  it('is told apart where its recordings lie in the bin, and brings them out of it where their files are gone', async () => {
    const { bench, copy, id } = await taken();
    bench.connection.sqlite.exec('update recordings set deleted_at_ms = 5');
    const binned = await bench.take();
    expect(binned.files).toMatchObject({ imported: 0, duplicate: 0, in_bin: 1 });
    expect(bench.report(binned.id)['a.wav']).toMatchObject({
      state: 'in_bin',
      recordingId: id,
      detail: expect.stringContaining('gone with the next purge') as string,
    });
    expect(states(bench)).toMatchObject([{ deleted: 5 }]);
    rmSync(copy);
    let changed = 0;
    bench.bus.on('recordings.changed', ({ recordings }) => (changed += recordings));
    expect((await bench.take()).files).toMatchObject({ imported: 1, in_bin: 0 });
    expect(states(bench)).toEqual(whole(id));
    expect(changed).toBe(1);
  });

  it('gives a file its place and its row while nobody else has a turn with either', async () => {
    const { bench, copy } = await taken();
    bench.connection.sqlite.exec('update recordings set deleted_at_ms = 5');
    rmSync(copy);
    const purge = (): void => {
      rmSync(copy, { force: true });
      bench.connection.sqlite.exec('delete from import_items; delete from recordings');
    };
    let turns: Promise<unknown> = Promise.resolve();
    const alone = (work: () => Promise<void>): Promise<void> => {
      const done = turns.then(work);
      // Whoever waits for his turn has it right behind.
      turns = done.then(purge, purge);
      return done;
    };
    const imports = bench.again({ alone });
    const { id } = await imports.begin([bench.card], { tags: [] });
    const signal = new AbortController().signal;
    for await (const _ of imports.watch(id, signal)) continue;
    await turns;
    // Both or none: no row of a file that was removed.
    expect([bench.rows().length, bench.kept().filter((name) => name.endsWith('.wav'))]).toEqual([
      0,
      [],
    ]);
  });

  it.skipIf(!hasFlac)(
    'is known where it holds the packed files of what the station itself recorded',
    async () => {
      const bench = importBench();
      const bytes = soundOf(7);
      const path = 'recorder/mic/data/raw/own.wav';
      mkdirSync(dirname(join(bench.root, path)), { recursive: true });
      writeFileSync(join(bench.root, path), bytes);
      insertDevice(bench.connection, 'mic');
      const id = insertRecording(bench.connection, {
        device: 'mic',
        rawPath: path,
        rawSizeBytes: bytes.length,
        rawSha256: createHash('sha256').update(bytes).digest('hex'),
      });
      const [flac, own] = [join(bench.card, 'own.flac'), join(bench.root, path)];
      execFileSync('flac', ['--silent', '--keep-foreign-metadata', '-o', flac, own]);
      const end = await bench.take();
      expect(end.files).toMatchObject({ imported: 0, duplicate: 1 });
      expect(bench.report(end.id)['own.flac']).toMatchObject({ recordingId: id });
      // The packed file and its original on one card are one recording.
      const card = join(bench.card, 'both');
      bench.put('both/a.wav', soundOf(8));
      const both = ['--silent', '--keep-foreign-metadata', '-o', join(card, 'b.flac')];
      execFileSync('flac', [...both, join(card, 'a.wav')]);
      expect((await bench.take({}, [card])).files).toMatchObject({ imported: 1, duplicate: 1 });
    },
  );
});

it('a recording whose file was away and is put back is not told of as missing any more', async () => {
  const { bench, copy, id } = await taken();
  const logger = recordingLogger();
  const { connection, root: dataRoot, bus, devices, alerts } = bench;
  const ensureDevice = devices.ensureImported.bind(devices);
  const files = new ImportedFiles({
    connection,
    dataRoot,
    logger,
    restore: restoreImported({ connection, clock: systemClock, dataRoot, ensureDevice }),
  });
  const audit = new Audit({
    connection,
    clock: systemClock,
    bus,
    logger,
    dataRoot,
    workerUrl: AUDIT,
    indexer: {
      registerAll: () => Promise.resolve({ registered: 0, healed: 0 }),
      alone: (work) => work(),
      forget: () => undefined,
    },
    registerImported: (signal) => files.registerAll(signal),
    mistrust: () => Promise.resolve(null),
    alerts,
  });
  onTestFinished(() => audit.stop());
  connection.sqlite.exec('update recordings set verified_at_ms = 5');
  renameSync(copy, `${copy}.away`);
  await audit.now(true);
  expect(states(bench)).toEqual([{ id, away: 1, deleted: null, integrity: 'missing' }]);
  connection.sqlite.exec('update recordings set deleted_at_ms = 5');
  renameSync(`${copy}.away`, copy);
  await audit.now();
  // Nobody took it out of the bin.
  expect(states(bench)).toEqual([{ id, away: 0, deleted: 5, integrity: null }]);
  expect(bench.rows()[0]).toMatchObject({ verified_at_ms: null });
});
