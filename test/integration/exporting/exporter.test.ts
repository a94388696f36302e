import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { recordings } from '@main/database/schema';
import { FlacEncoder } from '@main/wav/flac-encoder';
import { chunkHeader } from '@main/wav/new-header';
import { exportSchema } from '@shared/model/export';
import { exportBench, METADATA } from '../../support/export-bench';
import { fileDigest } from '../../support/file-digest';
import { mayMount, mountedFolder } from '../../support/mounted-folder';
import { temporaryFolder } from '../../support/temporary-folder';

/** Every file below a folder, relative to it. */
function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8', withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(folder.length + 1))
    .sort();
}

function sumsHold(folder: string): boolean {
  execFileSync('sha256sum', ['--check', '--strict', '--quiet', 'SHA256SUMS'], { cwd: folder });
  return true;
}

describe('an export as WAV', () => {
  it('copies the files byte by byte under names that tell, with a table and hashes', async () => {
    const bench = exportBench();
    const { id, path } = bench.record({}, { timeMs: Date.UTC(2026, 10, 21, 18, 0, 7, 250) });
    const done = await bench.run();
    expect(done).toMatchObject({
      state: 'done',
      recordings: 1,
      done: 1,
      skipped: 0,
      problem: null,
    });
    exportSchema.parse(done);
    const name = `recordings/mic/2026-11-21/mic_20261121_180007Z_${String(id)}.wav`;
    expect(filesIn(done.folder)).toEqual(['SHA256SUMS', 'export.json', 'recordings.csv', name]);
    expect(readFileSync(join(done.folder, name)).equals(readFileSync(path))).toBe(true);
    expect(sumsHold(done.folder)).toBe(true);
    expect(readFileSync(join(done.folder, 'recordings.csv'), 'utf8').split('\r\n')[1]).toContain(
      name,
    );
    expect(readdirSync(bench.target)).toEqual([done.folder.slice(bench.target.length + 1)]);
    expect(bench.logger.events()).toEqual(['export.started', 'export.done']);
  });

  it('tells what it cannot export, and exports the rest', async () => {
    const bench = exportBench();
    const good = bench.record();
    const missing = bench.record();
    rmSync(missing.path);
    const gone = bench.record({}, { localDeleted: true });
    const processedOnly = bench.record();
    bench.connection.sqlite
      .prepare('update recordings set processed_path = raw_path, raw_path = null where id = ?')
      .run(processedOnly.id);
    const link = bench.record();
    rmSync(link.path);
    symlinkSync('/etc/hostname', link.path);
    const outside = bench.record();
    bench.connection.sqlite
      .prepare('update recordings set raw_path = ? where id = ?')
      .run('../../../etc/hostname', outside.id);
    const done = await bench.run();
    expect(done).toMatchObject({
      state: 'done',
      recordings: 6,
      done: 6,
      skipped: 5,
      remarkCount: 5,
    });
    expect(done.remarks.map((one) => [one.recordingId, one.detail])).toEqual([
      [missing.id, 'its raw file cannot be read: it is missing'],
      [gone.id, 'its files are not on this station any more'],
      [processedOnly.id, 'it has no raw file'],
      [link.id, 'its raw file cannot be read: it is a link'],
      [outside.id, 'its raw file cannot be read: it lies outside the data folder'],
    ]);
    const sounds = filesIn(done.folder).filter((name) => name.endsWith('.wav'));
    expect(sounds).toHaveLength(1);
    expect(sounds[0]).toContain(`_${String(good.id)}.wav`);
    expect(readFileSync(join(done.folder, 'remarks.csv'), 'utf8').split('\r\n')).toHaveLength(7);
  });

  it('exports a file that is not what was recorded, and says so', async () => {
    const bench = exportBench();
    const { id, path } = bench.record();
    const bytes = readFileSync(path);
    bytes[100]! ^= 1;
    writeFileSync(path, bytes);
    const done = await bench.run();
    expect(done.remarks).toEqual([
      {
        kind: 'damaged',
        recordingId: id,
        detail: expect.stringContaining(`sha256 ${fileDigest(path)} instead of`) as string,
      },
    ]);
    expect(done).toMatchObject({ state: 'done', skipped: 0 });
  });

  it('finds a file that was renamed since it was selected', async () => {
    const bench = exportBench({}, (search, ids) => {
      const found = search.byIds(ids);
      // Now the recording is given its right time: file and row change their names.
      if (existsSync(path)) renameSync(path, join(bench.dataRoot, later));
      bench.connection.db.update(recordings).set({ rawPath: later }).run();
      return found;
    });
    const { path } = bench.record();
    const later = 'recorder/mic/data/raw/later.wav';
    expect(await bench.run()).toMatchObject({
      state: 'done',
      skipped: 0,
      remarkCount: 0,
      files: 3,
    });
  });

  it('writes both streams of a recording, and one where there is only one', async () => {
    const bench = exportBench();
    const both = bench.record();
    const single = bench.record();
    const processed = 'recorder/mic/data/processed/1.wav';
    mkdirSync(join(bench.dataRoot, 'recorder/mic/data/processed'), { recursive: true });
    writeFileSync(join(bench.dataRoot, processed), 'not really sound, copied as it is');
    bench.connection.sqlite
      .prepare(
        'update recordings set processed_path = ?, processed_size_bytes = 33, processed_sample_rate_hz = 1, processed_channels = 1, processed_bits_per_sample = 16, processed_frames = 0 where id = ?',
      )
      .run(processed, both.id);
    const done = await bench.run({ streams: ['raw', 'processed'] });
    expect(done).toMatchObject({ state: 'done', skipped: 0, remarkCount: 0, files: 5 });
    const sounds = filesIn(done.folder).filter((name) => name.endsWith('.wav'));
    expect(sounds.map((name) => /_(\d+(?:_processed)?)\.wav$/.exec(name)?.[1])).toEqual([
      String(both.id),
      `${String(both.id)}_processed`,
      String(single.id),
    ]);
  });
});

describe('an export as FLAC', () => {
  it.each([
    { bits: 16, rate: 48_000 },
    { bits: 16, rate: 384_000 },
    { bits: 24, rate: 192_000 },
    { bits: 24, rate: 384_000 },
  ])(
    'gives back every sample and all metadata of a file of $bits bits at $rate Hz',
    async (sound) => {
      const bench = exportBench();
      const { path } = bench.record({ ...sound, before: [{ id: 'JUNK', body: Buffer.alloc(28) }] });
      const done = await bench.run({ format: 'flac' });
      expect(done).toMatchObject({ state: 'done', problem: null, remarks: [] });
      const flac = filesIn(done.folder).find((name) => name.endsWith('.flac'))!;
      const back = join(temporaryFolder(), 'back.wav');
      const from = join(done.folder, flac);
      const decode = ['-d', '--silent', '--keep-foreign-metadata', '-o', back, from];
      execFileSync('flac', decode, { stdio: 'ignore' });
      const [original, decoded] = [readFileSync(path), readFileSync(back)];
      const audio = original.subarray(original.indexOf('data') + 8, original.indexOf('LIST'));
      expect(audio).toHaveLength(4_800 * (sound.bits / 8));
      // The format itself may be written in another of its forms.
      expect(decoded.includes(Buffer.concat([chunkHeader('data', audio.length), audio]))).toBe(
        true,
      );
      for (const { body } of METADATA) expect(decoded.includes(body)).toBe(true);
      expect(sumsHold(done.folder)).toBe(true);
    },
  );

  it('keeps as WAV what FLAC cannot hold, and says so', async () => {
    const bench = exportBench();
    const wide = bench.record({ bits: 32, rate: 192_000 });
    const odd = bench.record({ rate: 768_000 });
    const text = bench.record({ bytes: Buffer.from('no sound at all') });
    const done = await bench.run({ format: 'flac' });
    expect(done).toMatchObject({ state: 'done', skipped: 0, remarkCount: 3 });
    expect(done.remarks.map(({ kind, recordingId }) => [kind, recordingId])).toEqual([
      ['kept_as_wav', wide.id],
      ['kept_as_wav', odd.id],
      ['kept_as_wav', text.id],
    ]);
    const sounds = filesIn(done.folder).filter((name) => /\.(?:wav|flac)$/.test(name));
    expect(sounds.map((name) => fileDigest(join(done.folder, name)))).toEqual(
      [wide, odd, text].map(({ path }) => fileDigest(path)),
    );
  });

  it('is refused where the program is missing', async () => {
    const bench = exportBench({ flac: new FlacEncoder('/nonexistent/flac') });
    bench.record();
    await expect(bench.run({ format: 'flac' })).rejects.toMatchObject({
      code: 'INVALID_VALUE',
      data: { path: 'format' },
    });
    expect(readdirSync(bench.target)).toEqual([]);
    expect(await bench.run()).toMatchObject({ state: 'done' });
  });
});

describe('where an export goes', () => {
  const refusals: readonly [string, (bench: ReturnType<typeof exportBench>) => string, RegExp][] = [
    ['a relative path', () => 'somewhere', /^expected an absolute path$/],
    ['a path with a NUL', () => '/tmp/\0', /^expected an absolute path$/],
    ['what is not there', ({ target }) => join(target, 'no'), /^it does not exist$/],
    [
      'a file',
      ({ target }) => {
        writeFileSync(join(target, 'file'), '');
        return join(target, 'file');
      },
      /^it is a file, not a folder$/,
    ],
    ['the data folder', ({ dataRoot }) => dataRoot, /^it lies within the data folder$/],
    [
      'a folder in the data folder, by a link',
      ({ dataRoot, target }) => {
        symlinkSync(join(dataRoot, 'recorder'), join(target, 'link'));
        return join(target, 'link');
      },
      /^it lies within the data folder$/,
    ],
  ];
  it.each(refusals)('is not %s', async (_what, folder, problem) => {
    const bench = exportBench();
    bench.record();
    await expect(bench.run({ folder: folder(bench) })).rejects.toMatchObject({
      data: { path: 'folder', problem: expect.stringMatching(problem) as string },
    });
    // And the next one is not kept waiting.
    expect(await bench.run()).toMatchObject({ state: 'done' });
  });

  it('is never a folder that is there', async () => {
    const clock = {
      wallMs: () => Date.UTC(2026, 0, 1),
      monotonicMs: () => performance.now(),
      sleep: async () => Promise.resolve(true),
    };
    const bench = exportBench({ clock });
    bench.record();
    const first = await bench.run();
    const before = filesIn(first.folder).map((name) => statSync(join(first.folder, name)).mtimeMs);
    const second = await bench.run();
    expect(second.folder).toBe(`${first.folder}.2`);
    expect(filesIn(first.folder).map((name) => statSync(join(first.folder, name)).mtimeMs)).toEqual(
      before,
    );
  });

  it.skipIf(!mayMount())('has room for it', async () => {
    const bench = exportBench();
    bench.record({ frames: 600_000 });
    const { path: folder } = mountedFolder({ sizeKb: 1024 });
    await expect(bench.run({ folder })).rejects.toMatchObject({
      data: {
        path: 'folder',
        problem: expect.stringMatching(
          /^it has room for 1\.0 MB, and 1\.2 MB are needed$/,
        ) as string,
      },
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it.skipIf(!mayMount())('can be written', async () => {
    const bench = exportBench();
    bench.record();
    const disk = mountedFolder();
    disk.makeReadOnly();
    await expect(bench.run({ folder: disk.path })).rejects.toMatchObject({
      data: { path: 'folder', problem: 'it cannot be written: the disk is mounted read-only' },
    });
  });

  it.skipIf(!mayMount())(
    'fills up: what was written stays, under a name that says so',
    async () => {
      const bench = exportBench();
      bench.record();
      bench.record({ frames: 300_000 });
      const { path: folder } = mountedFolder({ sizeKb: 512 });
      // What is known of its size is wrong.
      bench.connection.db.update(recordings).set({ rawSizeBytes: 100 }).run();
      const failed = await bench.run({ folder });
      expect(failed).toMatchObject({
        state: 'failed',
        problem: `the disk that it is written to is full. What was written until then lies in ${failed.folder}.unfinished.`,
      });
      expect(existsSync(failed.folder)).toBe(false);
      expect(
        filesIn(`${failed.folder}.unfinished`).filter((name) => name.endsWith('.wav')),
      ).toHaveLength(1);
      expect(bench.logger.events().at(-1)).toBe('export.failed');
    },
  );
});

describe('an export that runs', () => {
  it('is cancelled: nothing of it stays', async () => {
    const bench = exportBench();
    for (let i = 0; i < 40; i += 1) bench.record({ frames: 20_000 });
    const running = await bench.exporter.begin(
      { selection: { filter: {} }, format: 'wav', streams: ['raw'], folder: bench.target },
      'page',
    );
    expect(running).toMatchObject({ state: 'running', phase: 'writing', recordings: 40 });
    await expect(bench.run()).rejects.toMatchObject({
      data: { reason: 'export_running', id: running.id },
    });
    expect(await bench.exporter.cancel(running.id)).toMatchObject({
      state: 'cancelled',
      phase: null,
    });
    expect(readdirSync(bench.target)).toEqual([]);
    // Safe to call twice, and the next one may begin.
    expect(await bench.exporter.cancel(running.id)).toMatchObject({ state: 'cancelled' });
    expect(await bench.run()).toMatchObject({ state: 'done', done: 40 });
    expect(bench.exporter.list().map(({ state }) => state)).toEqual(['done', 'cancelled']);
  });

  it('is ended with the console, and keeps what it has', async () => {
    const bench = exportBench();
    for (let i = 0; i < 40; i += 1) bench.record({ frames: 20_000 });
    const { id, folder } = await bench.exporter.begin(
      { selection: { filter: {} }, format: 'wav', streams: ['raw'], folder: bench.target },
      'page',
    );
    await bench.exporter.stop();
    expect(await bench.over(id)).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^the console was stopped/) as string,
    });
    expect(existsSync(`${folder}.unfinished/SHA256SUMS`)).toBe(true);
    await expect(bench.run()).rejects.toMatchObject({ code: 'CONFLICT' });
  });

  it('notices that what was written is not what is read back', async () => {
    const bench = exportBench({}, (search, ids) => {
      // Once a copy is there, its stick turns out to have kept something else.
      for (const name of filesIn(bench.target).filter((one) => one.endsWith('.wav'))) {
        truncateSync(join(bench.target, name), 100);
      }
      return search.byIds(ids);
    });
    const { id } = bench.record();
    const failed = await bench.run();
    expect(failed).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(
        new RegExp(`_${String(id)}\\.wav was read back differently from what was written`),
      ) as string,
    });
    expect(existsSync(failed.folder)).toBe(false);
  });

  it('ends at once when the disk with the recordings goes away', async () => {
    let usable = true;
    const bench = exportBench({ diskIsThere: () => Promise.resolve(usable) });
    const first = bench.record();
    bench.record();
    rmSync(first.path);
    usable = false;
    expect(await bench.run()).toMatchObject({
      state: 'failed',
      skipped: 0,
      problem: expect.stringMatching(/^the data disk is away/) as string,
    });
  });

  it('is refused where nothing is selected', async () => {
    const bench = exportBench();
    await expect(bench.run({ selection: { ids: [7] } })).rejects.toMatchObject({
      data: { path: 'selection', problem: 'there are no recordings in it' },
    });
  });

  it('says which of the selected are not there', async () => {
    const bench = exportBench();
    const { id } = bench.record();
    const done = await bench.run({ selection: { ids: [id + 1, id] }, format: 'csv' });
    expect(done).toMatchObject({ recordings: 2, done: 2, skipped: 1 });
    expect(done.remarks).toEqual([
      { kind: 'skipped', recordingId: id + 1, detail: 'there is no such recording (any more)' },
    ]);
  });
});

describe.skipIf(!mayMount())('an export onto the data disk itself', () => {
  it('ends when others need the room', async () => {
    const { path: disk } = mountedFolder({ sizeKb: 8192 });
    const dataRoot = join(disk, 'data');
    const target = join(disk, 'exports');
    mkdirSync(target);
    mkdirSync(dataRoot);
    let limit = 90;
    const bench = exportBench({ dataRoot, dataDiskLimitPercent: () => limit }, (search, ids) => {
      limit = 5; // as good as recorders that fill it
      return search.byIds(ids);
    });
    bench.record({ frames: 300_000 });
    const failed = await bench.run({ folder: target });
    expect(failed).toMatchObject({
      state: 'failed',
      problem: expect.stringMatching(/^the data disk has become so full/) as string,
    });
  });
});
