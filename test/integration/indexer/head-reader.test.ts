import { execFileSync } from 'node:child_process';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { HeadReader } from '@main/indexer/head-reader';
import { measureHeads } from '@main/indexer/measure';
import { temporaryFolder } from '../../support/temporary-folder';
import { dataChunk, formatChunk, plainWav, wavBytes } from '../../support/wav-bytes';
import { threadUrl } from '../../support/threads';

const WORKER = threadUrl('head-worker');

function reader(): HeadReader {
  const made = new HeadReader(WORKER);
  onTestFinished(() => made.close());
  return made;
}

it('reads the beginnings of files in the order that they were asked for', async () => {
  const folder = temporaryFolder();
  const paths = Array.from({ length: 300 }, (_, n) => join(folder, `${String(n)}.wav`));
  for (const [n, path] of paths.entries()) writeFileSync(path, Buffer.alloc(n * 10, n));
  const heads = await reader().read(paths);
  for (const [n, head] of heads.entries()) {
    if (head === null || 'problem' in head) throw new Error(String(n));
    expect(head.fileBytes).toBe(n * 10);
    expect(head.head.equals(Buffer.alloc(Math.min(1024, n * 10), n))).toBe(true);
  }
});

it('takes nothing but a plain file for one, and waits for no pipe', async () => {
  const folder = temporaryFolder();
  const [file, link, pipe, gone, made] = ['file', 'link', 'pipe', 'gone', 'folder'].map((name) =>
    join(folder, name),
  );
  writeFileSync(file!, 'x');
  symlinkSync(file!, link!);
  execFileSync('mkfifo', [pipe!]);
  mkdirSync(made!);
  const heads = await reader().read([file!, link!, pipe!, gone!, made!]);
  expect(heads.map((head) => head === null)).toEqual([false, true, true, true, true]);
});

it.runIf(process.getuid?.() !== 0)('tells why a file cannot be read', async () => {
  const file = join(temporaryFolder(), 'closed.wav');
  writeFileSync(file, 'x');
  chmodSync(file, 0);
  expect(await reader().read([file])).toMatchObject([
    { problem: expect.stringContaining('EACCES') as string },
  ]);
});

it('is there again for the next ones when its thread has died', async () => {
  const heads = reader();
  const path = join(temporaryFolder(), 'a.wav');
  writeFileSync(path, 'x');
  await heads.read([path]);
  await heads.close();
  expect(await heads.read([path])).toHaveLength(1);
});

it('measures by the beginning what a look at the whole file would measure', async () => {
  const root = temporaryFolder();
  const long = wavBytes([formatChunk(), { id: 'LIST', body: Buffer.alloc(5000) }, dataChunk(9600)]);
  const files = {
    'plain.wav': plainWav(4800),
    'long.wav': long,
    'cut.wav': plainWav(4800).subarray(0, 5000),
  };
  for (const [name, bytes] of Object.entries(files)) writeFileSync(join(root, name), bytes);
  const folder = { path: root, inRows: 'below/' };
  const folders = { raw: folder, processed: folder };
  const measured = await Promise.all(
    Object.keys(files).map(async (name) => {
      const [raw = null] = await reader().read([join(root, name)]);
      return measureHeads(folders, name, { raw, processed: null });
    }),
  );
  expect(measured[0]?.files.raw).toMatchObject({
    path: 'below/plain.wav',
    frames: 4800,
    sizeBytes: 9644,
  });
  expect(measured[1]?.files.raw).toMatchObject({ frames: 4800, sizeBytes: long.length });
  expect(measured[2]).toMatchObject({
    files: {},
    problems: [{ text: 'truncated', lasting: true }],
  });
});
