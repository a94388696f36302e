import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, it } from 'vitest';
import type { AssetOrder } from '@main/analysis/asset-order';
import { AssetThread } from '@main/analysis/asset-thread';
import { temporaryFolder } from '../../support/temporary-folder';

/** Dies at its first order, like a thread that runs out of memory, and works from then on. */
const FRAGILE = `
  import { existsSync, writeFileSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  parentPort.postMessage({ thread: null });
  parentPort.on('message', ({ target }) => {
    if (existsSync(target)) return parentPort.postMessage({ sizeBytes: 7 });
    writeFileSync(target, '');
    process.exit(1);
  });
`;

it('a thread that dies fails its order only: the next order has a new one', async () => {
  const folder = temporaryFolder();
  const program = join(folder, 'fragile.mjs');
  writeFileSync(program, FRAGILE);
  const thread = new AssetThread(pathToFileURL(program));
  const order: AssetOrder = {
    kind: 'peaks',
    source: '/nonexistent',
    layout: {
      offset: 44,
      frames: 1,
      channels: 1,
      containerBytes: 2,
      sampleType: 'integer',
      sampleRateHz: 48_000,
    },
    target: join(folder, 'target'),
  };
  await expect(thread.make(order)).rejects.toThrow('ended');
  await expect(thread.make(order)).resolves.toBe(7);
  await thread.close();
  await thread.close();
});

it('a thread that cannot even begin is told, each time', async () => {
  const thread = new AssetThread(pathToFileURL(join(temporaryFolder(), 'missing.mjs')));
  const order = { target: '' } as AssetOrder;
  await expect(thread.make(order)).rejects.toThrow('missing.mjs');
  await expect(thread.make(order)).rejects.toThrow('missing.mjs');
});
