import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it, onTestFinished } from 'vitest';
import type { AssetOrder } from '@main/analysis/asset-order';
import { AssetThread } from '@main/analysis/asset-thread';
import { temporaryFolder } from '../../support/temporary-folder';
import { threadUrl } from '../../support/threads';

/** Dies at its first order, and works from then on. */
const FRAGILE = `
  import { existsSync, writeFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  parentPort.postMessage({ thread: null });
  parentPort.on('message', ({ id, target }) => {
    if (existsSync(target)) return parentPort.postMessage({ id, sizeBytes: 7 });
    writeFileSync(target, '');
    process.exit(1);
  });
`;

/** Takes more and more memory at its first order, and works from then on. */
const GREEDY = FRAGILE.replace(
  'process.exit(1);',
  'const kept = []; for (;;) kept.push({ at: kept.length, more: [1, 2, 3] });',
);

const WORKER = threadUrl('asset-worker');

function orderOf(
  folder: string,
  { source = '/nonexistent', kind = 'peaks', ...layout }: Partial<Wanted> = {},
): AssetOrder {
  return {
    kind,
    source,
    layout: {
      offset: 44,
      frames: 1,
      channels: 1,
      containerBytes: 2,
      sampleType: 'integer',
      sampleRateHz: 48_000,
      ...layout,
    },
    target: join(folder, 'target'),
  };
}

type Wanted = AssetOrder['layout'] & Pick<AssetOrder, 'source' | 'kind'>;

it('a thread that dies fails its order only: the next order has a new one', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'fragile.mjs');
  writeFileSync(program, FRAGILE);
  const thread = new AssetThread(pathToFileURL(program));
  const order = orderOf(folder);
  await expect(thread.make(order)).rejects.toThrow('ended');
  await expect(thread.make(order)).resolves.toBe(7);
  await thread.close();
  await thread.close();
});

it('a thread that cannot even begin is told, each time', async () => {
  const thread = new AssetThread(pathToFileURL(join(temporaryFolder(), 'missing.mjs')));
  const order = orderOf(temporaryFolder());
  await expect(thread.make(order)).rejects.toThrow('missing.mjs');
  await expect(thread.make(order)).rejects.toThrow('missing.mjs');
});

it('a thread that takes more and more memory ends, and the process lives on', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'greedy.mjs');
  writeFileSync(program, GREEDY);
  const thread = new AssetThread(pathToFileURL(program));
  onTestFinished(() => thread.close());
  await expect(thread.make(orderOf(folder))).rejects.toMatchObject({
    code: 'ERR_WORKER_OUT_OF_MEMORY',
  });
  await expect(thread.make(orderOf(folder))).resolves.toBe(7);
});

it.each(['peaks', 'spectrogram'] as const)(
  'a file that claims eight channels and two gigabytes fails its own %s, and the next is made',
  async (kind) => {
    const folder = temporaryFolder();
    const source = join(folder, 'hostile.wav');
    writeFileSync(source, Buffer.alloc(1_000_044, 1));
    const thread = new AssetThread(WORKER);
    onTestFinished(() => thread.close());
    const claimed = { source, kind, channels: 8, frames: 2 ** 31 / 16 };
    await expect(thread.make(orderOf(folder, claimed))).rejects.toThrow(/ends before/);
    await expect(
      thread.make(orderOf(folder, { source, kind, channels: 8, frames: 10_000 })),
    ).resolves.toBeGreaterThan(100);
  },
);

it('what would take too much memory is not begun', async () => {
  const thread = new AssetThread(pathToFileURL('/nonexistent'));
  const folder = temporaryFolder();
  const make = (channels: number, kind: Wanted['kind']) =>
    thread.make(orderOf(folder, { channels, kind, frames: 2 ** 31 }));
  await expect(make(65_535, 'spectrogram')).rejects.toThrow('65535 channels');
  await expect(make(256, 'peaks')).rejects.toThrow('256 channels');
  await expect(make(250, 'peaks')).rejects.toThrow(/would take \d+ MB of memory/);
});
