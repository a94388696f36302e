import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { CloudError, CloudProvider, RemoteObject } from '@main/cloud/provider';

export interface MemoryProvider extends CloudProvider {
  readonly objects: Map<string, Buffer>;
  /** Paths in the order in which they were sent, also those that failed. */
  readonly uploads: string[];
  /** How many are on their way, and how many were at most. */
  readonly now: { sending: number; most: number };
  /** The limits that it was told, in order. */
  readonly limits: (string | null)[];
  /** What an upload throws; null: nothing. */
  fails: CloudError | null;
  /** Uploads end only when they are told to. */
  hangs: boolean;
}

/** A remote in memory that does what a test wants; it tells MD5. */
export function memoryProvider(): MemoryProvider {
  const objects = new Map<string, Buffer>();
  const told = (path: string): RemoteObject | null => {
    const bytes = objects.get(path);
    if (bytes === undefined) return null;
    const md5 = createHash('md5').update(bytes).digest('hex');
    return { path, sizeBytes: bytes.length, hashes: { md5 }, remoteId: null, modifiedAtMs: null };
  };
  const unused = (): never => {
    throw new Error('not in this test');
  };
  const provider: MemoryProvider = {
    objects,
    uploads: [],
    now: { sending: 0, most: 0 },
    limits: [],
    fails: null,
    hangs: false,
    upload: async (file, path, { signal, bandwidthLimit, onProgress }) => {
      provider.uploads.push(path);
      provider.limits.push(bandwidthLimit ?? null);
      provider.now.sending += 1;
      provider.now.most = Math.max(provider.now.most, provider.now.sending);
      try {
        const bytes = await readFile(file);
        if (provider.fails !== null) throw provider.fails;
        onProgress?.(bytes.length);
        while (provider.hangs) {
          signal.throwIfAborted();
          await new Promise((resolve) => setImmediate(resolve));
        }
        objects.set(path, bytes);
        const object = told(path);
        if (object === null) throw new Error('it is there');
        return object;
      } finally {
        provider.now.sending -= 1;
      }
    },
    stat: (path) => Promise.resolve(told(path)),
    read: (path, offset, count) =>
      Promise.resolve((objects.get(path) ?? Buffer.alloc(0)).subarray(offset, offset + count)),
    close: () => Promise.resolve(),
    check: unused,
    capabilities: unused,
    list: unused,
    download: unused,
    remove: unused,
    storage: unused,
  };
  return provider;
}
