import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { AssetOrder } from '@main/analysis/asset-order';
import { AssetThread } from '@main/analysis/asset-thread';
import { JobThread } from '@main/database/job-thread';
import { HeadReader } from '@main/indexer/head-reader';
import { Sha256 } from '@main/indexer/sha256';
import { OrderThread } from '@main/process/order-thread';
import { ReadThread } from '@main/recordings/read-thread';
import { temporaryFolder } from '../../support/temporary-folder';

/**
 * Dies of an order that says so, but tells of its end late: by an error at once, by its exit only when what it holds up
 * lets go of it. Everything else is answered, in the way of every thread, once the file `go` is there.
 */
const STUB = `
  import { existsSync } from 'node:fs';
  import { parentPort } from 'node:worker_threads';
  parentPort.on('message', (order) => {
    const words = JSON.stringify(order);
    if (words.includes('die')) throw new Error('it died');
    const go = /"([^"]*\\/go)"/.exec(words)[1];
    const look = () => {
      if (!existsSync(go)) return setTimeout(look, 5);
      const bytes = new ArrayBuffer(0);
      parentPort.postMessage({ id: order.id, value: 7, answer: 7, sizeBytes: 7, sha256: '7', heads: [null], bytes });
    };
    look();
  });
`;

/** Asks for one thing, by words that reach the worker. */
interface Asked {
  readonly ask: (words: string) => Promise<unknown>;
  readonly close: () => unknown;
}

const THREADS: Readonly<Record<string, (url: URL) => Asked>> = {
  'of any orders': (workerUrl) => {
    const thread = new OrderThread<{ words: string }, { id: number }>({ workerUrl, ended: 'over' });
    return { ask: (words) => thread.ask({ words }), close: () => thread.close() };
  },
  'that makes waveforms and pictures': (url) => {
    const thread = new AssetThread(url);
    const layout = { channels: 1, containerBytes: 2, frames: 1, sampleRateHz: 1 } as const;
    return {
      ask: (source) => thread.make({ kind: 'peaks', source, layout } as AssetOrder),
      close: () => thread.close(),
    };
  },
  'that hashes': (url) => {
    const thread = new Sha256(url);
    return { ask: (words) => thread.digest(words, null), close: () => thread.close() };
  },
  'that reads headers': (url) => {
    const thread = new HeadReader(url);
    return { ask: (words) => thread.read([words]), close: () => thread.close() };
  },
  'for the database’s long work': (url) => {
    const thread = new JobThread(url, 'brisk');
    const ask = (file: string) => thread.run('check', { file } as never);
    return { ask, close: () => thread.close() };
  },
  'that reads the database': (url) => {
    const thread = new ReadThread(url, '');
    return { ask: (words) => thread.ask('ids', [words as never]), close: () => thread.close() };
  },
};

/** @returns the thread, what it waits for, and a way to let it go on */
function made(name: string) {
  const folder = temporaryFolder();
  const program = join(folder, 'stub.mjs');
  writeFileSync(program, STUB);
  const thread = THREADS[name]!(pathToFileURL(program));
  onTestFinished(async () => {
    await thread.close();
  });
  const go = join(folder, 'go');
  return {
    thread,
    go,
    letGo: () => {
      writeFileSync(go, '');
    },
  };
}

/** Long enough for the exit of what has died to be heard: nothing is asserted of how long it takes. */
function exitIsHeard(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 150));
}

describe.each(Object.keys(THREADS))('a thread %s', (name) => {
  it('that has died takes nothing along that was asked of its successor', async () => {
    const { thread, go, letGo } = made(name);
    await expect(thread.ask('die')).rejects.toThrow('it died');
    const next = thread.ask(go);
    await exitIsHeard();
    letGo();
    await expect(next).resolves.toBeDefined();
  });
});

describe('a thread of any orders', () => {
  it('that is closed while another order comes takes only what it was asked itself along', async () => {
    const { thread, go, letGo } = made('of any orders');
    const first = thread.ask(go);
    const told = expect(first).rejects.toThrow('over');
    void thread.close();
    const next = thread.ask(go);
    await told;
    letGo();
    await expect(next).resolves.toMatchObject({ id: 1 });
  });

  it('answers each by its number, in whatever order the answers come', async () => {
    const folder = temporaryFolder();
    const [early, late] = [join(folder, 'early/go'), join(folder, 'late')];
    const program = join(folder, 'stub.mjs');
    writeFileSync(program, STUB.replace('/go)"', '/(?:go|late))"'));
    const thread = new OrderThread<{ words: string }, { id: number }>({
      workerUrl: pathToFileURL(program),
      ended: 'over',
    });
    onTestFinished(() => thread.close());
    const waiting = thread.ask({ words: early });
    const answered = thread.ask({ words: late });
    writeFileSync(late, '');
    await expect(answered).resolves.toMatchObject({ id: 1 });
    expect([thread.waiting, existsSync(early)]).toEqual([1, false]);
    const told = expect(waiting).rejects.toThrow('enough');
    await thread.close(new Error('enough'));
    await told;
  });

  it('does not wait for an answer to what cannot be sent', async () => {
    const { thread } = made('of any orders');
    await expect(thread.ask((() => undefined) as never)).rejects.toThrow(/clone/);
  });
});
