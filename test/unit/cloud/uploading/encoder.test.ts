import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { EncodedFile, EncodingOrder } from '@main/cloud/uploading/encoded-file';
import { Encoder } from '@main/cloud/uploading/encoder';
import { soon } from '../../../support/soon';
import { temporaryFolder } from '../../../support/temporary-folder';

const never = new AbortController().signal;

interface Running {
  readonly id: number;
  readonly signal: AbortSignal;
  finish(): void;
  fail(error: Error): void;
}

function encoderWorld(wish: { mostBytes?: number; isStillWanted?: (id: number) => boolean } = {}) {
  const folder = join(temporaryFolder(), 'encoding');
  /** Every encoding that was ever begun. */
  const begun: Running[] = [];
  const encoder = new Encoder({
    folder,
    mostBytes: 250,
    isStillWanted: () => false,
    atOnce: 2,
    encode: ({ recordingId: id, from }, signal) =>
      new Promise((resolve, reject) => {
        const path = join(folder, `${String(id)}-${String(begun.length)}.flac`);
        signal.addEventListener('abort', () => {
          reject(new Error('ended'));
        });
        const finish = (): void => {
          writeFileSync(path, Buffer.alloc(100));
          resolve(encoded(path, from));
        };
        begun.push({ id, signal, finish, fail: reject });
      }),
    ...wish,
  });
  onTestFinished(() => encoder.close());
  return { encoder, begun, folder, files: () => readdirSync(folder).length };
}

const encoded = (path: string, from: string): EncodedFile => ({
  path,
  extension: '.flac',
  sizeBytes: 100,
  hashes: { sha256: from },
  sourceSha256: from,
  remark: '',
});
const order = (recordingId: number): EncodingOrder => ({
  recordingId,
  from: `/data/${String(recordingId)}.wav`,
  sizeBytes: 100,
  sampleRateHz: 48_000,
  bitsPerSample: 16,
  sha256: null,
  asItIs: false,
});

describe('encoding for several remotes', () => {
  it('is done once for two that want it at the same time, and the file is gone when both are done', async () => {
    const { encoder, begun, files } = encoderWorld();
    await encoder.prepare();
    const both = [encoder.lease(order(1), never), encoder.lease(order(1), never)];
    begun[0]?.finish();
    const [one, other] = await Promise.all(both);
    expect(begun).toHaveLength(1);
    expect(one?.file).toBe(other?.file);
    one?.release();
    one?.release(); // a second time is none
    expect(encoder.isWorkingOn(1)).toBe(true);
    expect(existsSync(one?.file.path ?? '')).toBe(true);
    other?.release();
    expect(encoder.isWorkingOn(1)).toBe(false);
    await soon(() => {
      expect(files()).toBe(0);
    });
  });

  it('keeps what another one still wants, as long as there is room', async () => {
    const { encoder, begun, files } = encoderWorld({ isStillWanted: (id) => id === 1 });
    await encoder.prepare();
    const first = encoder.lease(order(1), never);
    begun[0]?.finish();
    (await first).release();
    expect(files()).toBe(1);
    const again = await encoder.lease(order(1), never);
    expect(begun).toHaveLength(1);
    again.release();
    // Three more of a hundred do not fit beside it.
    for (const id of [2, 3]) {
      const lease = encoder.lease(order(id), never);
      await soon(() => {
        expect(begun.at(-1)?.id).toBe(id);
      });
      begun.at(-1)?.finish();
      await lease;
    }
    await soon(() => {
      expect(files()).toBe(2);
    });
  });

  it('goes no further ahead than there is room, and no more at once than it may', async () => {
    const { encoder, begun } = encoderWorld();
    await encoder.prepare();
    for (const id of [1, 2, 3, 4]) encoder.foresee(order(id));
    expect(begun.map(({ id }) => id)).toEqual([1, 2]);
    for (const one of begun) one.finish();
    const lease = await encoder.lease(order(1), never);
    // 200 of 250 are taken.
    expect(begun).toHaveLength(2);
    lease.release();
    await soon(() => {
      expect(begun.map(({ id }) => id)).toEqual([1, 2, 3]);
    });
  });

  it('encodes what somebody waits for before what is only foreseen, and makes room for it', async () => {
    const { encoder, begun, files } = encoderWorld({ mostBytes: 200 });
    await encoder.prepare();
    for (const id of [1, 2, 3]) encoder.foresee(order(id));
    for (const one of begun) one.finish();
    await soon(() => {
      expect(files()).toBe(2);
    });
    const large = encoder.lease({ ...order(9), sizeBytes: 1_000 }, never);
    await soon(() => {
      expect(begun.at(-1)?.id).toBe(9);
      expect(files()).toBe(0);
    });
    begun.at(-1)?.finish();
    (await large).release();
    // Those that had to give way are encoded when their turn comes.
    const second = encoder.lease(order(2), never);
    await soon(() => {
      expect(begun.filter(({ id }) => id === 2)).toHaveLength(2);
    });
    begun.findLast(({ id }) => id === 2)?.finish();
    (await second).release();
  });

  it('tells all who wait of a failure, and tries again for the next', async () => {
    const { encoder, begun } = encoderWorld();
    await encoder.prepare();
    const both = [encoder.lease(order(1), never), encoder.lease(order(1), never)];
    begun[0]?.fail(new Error('broken'));
    for (const one of both) await expect(one).rejects.toThrow('broken');
    const again = encoder.lease(order(1), never);
    begun[1]?.finish();
    (await again).release();
    expect(begun).toHaveLength(2);
  });

  it('ends what nobody waits for any more', async () => {
    const { encoder, begun } = encoderWorld();
    await encoder.prepare();
    const paused = new AbortController();
    const lease = encoder.lease(order(1), paused.signal);
    encoder.foresee(order(2));
    paused.abort();
    encoder.forget(2);
    await expect(lease).rejects.toThrow();
    expect(begun.map(({ signal }) => signal.aborted)).toEqual([true, true]);
    expect(encoder.isWorkingOn(1)).toBe(false);
  });

  it('leaves nothing behind, neither of this console nor of one that was killed', async () => {
    const { encoder, begun, folder, files } = encoderWorld();
    mkdirSync(folder);
    writeFileSync(join(folder, 'of-a-killed-one.flac'), 'x');
    await encoder.prepare();
    expect(files()).toBe(0);
    const lease = encoder.lease(order(1), never);
    begun[0]?.finish();
    await lease;
    const waiting = encoder.lease(order(2), never);
    const closed = encoder.close();
    await expect(waiting).rejects.toThrow();
    await closed;
    expect(files()).toBe(0);
    expect(statSync(folder).isDirectory()).toBe(true);
  });

  it('never removes a recording that is sent as it is', async () => {
    const folder = temporaryFolder();
    const from = join(folder, 'recording.wav');
    writeFileSync(from, 'sound');
    const encoder = new Encoder({
      folder: join(folder, 'encoding'),
      mostBytes: 1,
      isStillWanted: () => false,
      atOnce: 1,
      encode: () => Promise.resolve(encoded(from, from)),
    });
    await encoder.prepare();
    (await encoder.lease({ ...order(1), from }, never)).release();
    await encoder.close();
    expect(existsSync(from)).toBe(true);
  });
});
