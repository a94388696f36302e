import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { importOptionsSchema } from '@shared/model/import';
import { recordingFilterSchema } from '@shared/model/recording';
import { readSidecar } from '@main/importing/sidecar';
import { RecordingSearch } from '@main/recordings/search';
import { importBench, soundOf } from '../../support/import-bench';

/** The head of a FLAC file, 8 channels of 24 bit, and nothing of its sound. */
function flacThatPromises(frames: bigint): Buffer {
  const head = Buffer.alloc(42);
  head.write('fLaC', 0, 'latin1');
  head.writeUInt32BE(0x80000022, 4);
  head.writeBigUInt64BE((48_000n << 44n) | (7n << 41n) | (23n << 36n) | frames, 18);
  return Buffer.concat([head, Buffer.alloc(1000, 1)]);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

describe('an import', () => {
  it('does not believe a time in the future, unless nobody knows what time it is', async () => {
    const bench = importBench();
    bench.put('20991231_235959.wav', soundOf(7));
    const { id } = await bench.take();
    expect(bench.rows()).toMatchObject([{ time_source: 'file_time' }]);
    expect(bench.report(id)['20991231_235959.wav']!.detail).toContain('it lies in the future');
    const lost = importBench({ clockTrusted: () => false });
    lost.put('20991231_235959.wav', soundOf(7));
    await lost.take();
    expect(lost.rows()).toMatchObject([{ time_source: 'file_name' }]);
  });

  it('copies what is sound, byte by byte, with its sidecar, and makes a row of it', async () => {
    const bench = importBench();
    const bytes = soundOf(1);
    bench.put('DCIM/20210815_203000.WAV', bytes);
    bench.put('CONFIG.TXT', 'Device ID : 24F3190160374A3E\n');
    const end = await bench.take({ tags: ['forest'] });
    expect(end).toMatchObject({ state: 'done', problem: null });
    expect(end.files).toMatchObject({ imported: 1, refused: 1, waiting: 0, failed: 0 });
    const [json, wav] = bench.kept();
    expect(readFileSync(join(bench.root, 'imported', wav!))).toEqual(bytes);
    const [row] = bench.rows();
    expect(row).toMatchObject({
      device: 'imported',
      raw_path: `imported/${wav!}`,
      raw_sha256: sha256(bytes),
      raw_frames: 4_800,
      original_name: '20210815_203000.WAV',
      time_source: 'file_name',
      // Summer time in the station's zone.
      time_ms: Date.UTC(2021, 7, 15, 18, 30),
      import_id: end.id,
    });
    expect(await readSidecar(join(bench.root, 'imported', json!))).toMatchObject({
      sha256: sha256(bytes),
      originalPath: join(bench.card, 'DCIM/20210815_203000.WAV'),
      time: '2021-08-15T18:30:00.000Z',
      timezone: 'Europe/Berlin',
      tags: ['forest'],
    });
    expect(bench.devices.get('imported')).toMatchObject({ kind: 'imported', presence: 'offline' });
    expect(bench.report(end.id)['CONFIG.TXT']).toMatchObject({
      state: 'refused',
      recordingId: null,
    });
  });

  it('recognises what it has by content, whatever it is called now and whenever it came', async () => {
    const bench = importBench();
    const bytes = soundOf(2);
    bench.put('a.wav', bytes);
    bench.put('b.wav', bytes);
    const first = await bench.take();
    expect(first.files).toMatchObject({ imported: 1, duplicate: 1 });
    bench.put('c.wav', bytes);
    // The same sound under other metadata.
    const note = Buffer.from('ICMT\x06\0\0\0hello\0', 'latin1');
    const list = Buffer.concat([Buffer.from('LIST\x12\0\0\0INFO', 'latin1'), note]);
    const tagged = Buffer.concat([bytes, list]);
    tagged.writeUInt32LE(tagged.length - 8, 4);
    bench.put('d.wav', tagged);
    const second = await bench.take();
    expect(second.files).toMatchObject({ imported: 0, duplicate: 4 });
    const { id } = bench.rows()[0]!;
    expect(bench.report(second.id)['c.wav']!.detail).toContain('the same file');
    expect(bench.report(second.id)['d.wav']).toMatchObject({
      recordingId: id,
      detail: expect.stringContaining('the same sound') as string,
    });
    expect(bench.kept()).toHaveLength(2);
  });

  it('does not take one silence for another', async () => {
    const bench = importBench();
    const silence = (frames: number): Buffer => {
      const bytes = soundOf(1, frames);
      bytes.fill(0, 44);
      return bytes;
    };
    bench.put('20210815_203000.wav', silence(4_800));
    bench.put('20210815_213000.wav', Buffer.concat([silence(4_800), Buffer.from('JUNK\0\0\0\0')]));
    const end = await bench.take();
    expect(end.files.imported + end.files.repaired).toBe(2);
    expect((await bench.take()).files.duplicate).toBe(2);
  });

  it('mends what was not finished, in the copy only', async () => {
    const bench = importBench();
    const bytes = soundOf(3);
    bytes.writeUInt32LE(0, 40); // the length of the audio was never written
    bytes.writeUInt32LE(0, 4);
    const path = bench.put('cut.wav', bytes);
    const end = await bench.take();
    expect(end.files).toMatchObject({ repaired: 1 });
    expect(readFileSync(path)).toEqual(bytes);
    const [row] = bench.rows();
    expect(row).toMatchObject({ raw_frames: 4_800, recovered: 1 });
    const copy = readFileSync(join(bench.root, String(row!['raw_path'])));
    expect(copy.subarray(-9_600)).toEqual(bytes.subarray(-9_600));
    expect(row!['raw_sha256']).toBe(sha256(copy));
    expect((await bench.take()).files).toMatchObject({ duplicate: 1 });
  });

  it('is not held up by a file that promises more sound than there is room for', async () => {
    const bench = importBench();
    bench.put('a.flac', flacThatPromises(2n ** 36n - 1n));
    bench.put('b.wav', soundOf(1));
    const end = await bench.take();
    expect(end).toMatchObject({ state: 'done', files: { failed: 1, imported: 1, waiting: 0 } });
    expect(bench.report(end.id)['a.flac']!.detail).toContain('it promises');
  });

  it('gives tags that can be found, whatever keyboard they were typed on', async () => {
    const bench = importBench();
    bench.put('a.wav', soundOf(1));
    await bench.take(importOptionsSchema.parse({ tags: ['Fo\u0308hre'] }));
    const search = new RecordingSearch(bench.connection.sqlite);
    const { tags } = recordingFilterSchema.parse({ tags: ['F\u00f6hre'] });
    expect(search.ids({ filter: { tags } })).toHaveLength(1);
  });

  it('tells of everything that it found, and opens nothing that it should not', async () => {
    const bench = importBench();
    bench.put('good.wav', soundOf(4));
    bench.put('empty.wav', '');
    bench.put('text.wav', 'not a sound at all, but long enough to be looked at twice by a reader');
    bench.put('.Trashes/thrown.wav', soundOf(5));
    bench.put('sub/deeper.wav', soundOf(6));
    symlinkSync(bench.card, join(bench.card, 'sub/loop'));
    symlinkSync('/nonexistent', join(bench.card, 'dangling.wav'));
    execFileSync('mkfifo', [join(bench.card, 'pipe.wav')]);
    const hostile = Buffer.concat([
      Buffer.from(`${bench.card}/na`),
      Buffer.from([0xef, 0x0a]),
      Buffer.from('.wav'),
    ]);
    writeFileSync(hostile, soundOf(7));
    const end = await bench.take();
    expect(end.state).toBe('done');
    const states = Object.fromEntries(
      Object.entries(bench.report(end.id)).map(([name, { state }]) => [name, state]),
    );
    expect(states).toEqual({
      'good.wav': 'imported',
      'empty.wav': 'refused',
      'text.wav': 'refused',
      '.Trashes': 'refused',
      'sub/deeper.wav': 'imported',
      'sub/loop': 'refused',
      'dangling.wav': 'refused',
      'pipe.wav': 'refused',
      'file://na%ef%0a.wav': 'imported',
    });
  });

  it('takes the file’s own time, less its length, where nothing else tells', async () => {
    const bench = importBench();
    const path = bench.put('nothing.wav', soundOf(8));
    utimesSync(path, 1_600_000_000, 1_600_000_000);
    await bench.take();
    expect(bench.rows()[0]).toMatchObject({
      time_source: 'file_time',
      time_ms: 1_600_000_000_000 - 100,
    });
  });

  it('refuses a path that is not there, the station’s own folder, and an unknown zone', async () => {
    const bench = importBench();
    mkdirSync(join(bench.root, 'recorder'));
    const begin = (path: string, timezone?: string): Promise<unknown> =>
      bench.imports.begin([path], { tags: [], ...(timezone === undefined ? {} : { timezone }) });
    await expect(begin(join(bench.card, 'no'))).rejects.toMatchObject({
      data: { path: 'paths.0' },
    });
    await expect(begin('card')).rejects.toMatchObject({ data: { path: 'paths.0' } });
    await expect(begin(join(bench.root, 'recorder'))).rejects.toMatchObject({
      data: { path: 'paths.0' },
    });
    await expect(begin(bench.card, 'Nowhere/At_All')).rejects.toMatchObject({
      data: { path: 'options.timezone' },
    });
  });
});
