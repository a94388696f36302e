import { existsSync, mkdirSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { AssetKind } from '@shared/model/analysis';
import { AssetMaking } from '@main/analysis/asset-making';
import { AssetStore } from '@main/analysis/asset-store';
import type { Connection } from '@main/database/connection';
import { FakeClock } from '../../support/fake-clock';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { plainWav } from '../../support/wav-bytes';

const DAY_MS = 86_400_000;

interface Kept {
  readonly connection: Connection;
  readonly clock: FakeClock;
  readonly root: string;
  readonly store: AssetStore;
  readonly again: () => AssetStore;
  /** Makes an asset of so many bytes. */
  put(id: number, bytes: number, kind?: AssetKind): Promise<void>;
}

/** A store for 10,000 bytes and so many recordings, 1 … n. */
function kept(recordings: number): Kept {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  for (let n = 0; n < recordings; n++) insertRecording(connection, { device: 'mic' });
  const clock = new FakeClock();
  const root = temporaryFolder();
  const again = (): AssetStore =>
    new AssetStore({ connection, clock, dataRoot: root, budgetMb: () => 0.01 });
  const store = again();
  return {
    connection,
    clock,
    root,
    store,
    again,
    put: async (id, bytes, kind = 'peaks') => {
      await clock.advance(1000);
      writeFileSync(await store.place(id, kind), Buffer.alloc(bytes));
      store.put(id, kind, bytes);
      await store.tidy();
    },
  };
}

function there({ root }: Kept): string[] {
  return readdirSync(join(root, 'derived'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map(({ name }) => name)
    .sort();
}

describe('the room for waveforms and pictures', () => {
  it('is never used beyond its bound: what was seen longest ago goes, row and file', async () => {
    const folder = kept(6);
    for (const id of [1, 2, 3]) await folder.put(id, 3000);
    await folder.clock.advance(1000);
    expect(folder.store.find(1, 'peaks')).toMatchObject({ sizeBytes: 3000 }); // somebody looks
    await folder.put(4, 3000);
    expect(there(folder)).toEqual(['1-v1.peaks', '3-v1.peaks', '4-v1.peaks']);
    expect(folder.store.find(2, 'peaks')).toBeNull();
    expect(folder.store.bytes).toBe(9000);
    await folder.put(5, 9000);
    expect(there(folder)).toEqual(['5-v1.peaks']);
    // What was seen is remembered by the next console.
    folder.store.writeSeen();
    expect(folder.again().bytes).toBe(9000);
  });

  it('is told to be used up a little before it is', async () => {
    const folder = kept(3);
    await folder.put(1, 5000);
    expect(folder.store.isFull).toBe(false);
    await folder.put(2, 4700);
    expect(folder.store.isFull).toBe(true);
  });

  it('is not used by what a newer one replaced', async () => {
    const folder = kept(1);
    const old = 'derived/peaks/0/1-v0.peaks';
    mkdirSync(join(folder.root, 'derived/peaks/0'), { recursive: true });
    writeFileSync(join(folder.root, old), Buffer.alloc(100));
    folder.connection.sqlite
      .prepare(
        `insert into derived_assets (recording_id, kind, version, path, size_bytes, created_at_ms)
         values (1, 'peaks', 0, ?, 100, 0)`,
      )
      .run(old);
    expect(folder.store.find(1, 'peaks')).toBeNull();
    await folder.put(1, 200);
    expect(there(folder)).toEqual(['1-v1.peaks']);
    expect(folder.again().bytes).toBe(200);
  });

  it('is counted right after a file was made again', async () => {
    const folder = kept(1);
    await folder.put(1, 200);
    await folder.put(1, 300);
    expect(folder.store.bytes).toBe(300);
    expect(existsSync(folder.store.find(1, 'peaks')!.path)).toBe(true);
  });
});

describe('files that are nobody’s', () => {
  it('are removed once a console begins, others are not', async () => {
    const folder = kept(2);
    await folder.put(1, 100);
    const strays = [
      'peaks/0/1-v1.peaks.partial',
      'peaks/0/2-v1.peaks',
      'spectrogram/7/7000-v1.png',
    ];
    for (const stray of strays) {
      const path = join(folder.root, 'derived', stray);
      mkdirSync(join(path, '..'), { recursive: true });
      writeFileSync(path, 'x');
      utimesSync(path, 0, 0);
    }
    const fresh = join(folder.root, 'derived/peaks/0/3-v1.peaks');
    writeFileSync(fresh, 'x');
    const seconds = folder.clock.wallMs() / 1000;
    utimesSync(fresh, seconds, seconds);
    await folder.store.sweep(new AbortController().signal);
    expect(there(folder)).toEqual(['1-v1.peaks', '3-v1.peaks']);
  });

  it('are removed at once when their recording was purged while they were made', async () => {
    const folder = kept(1);
    await folder.put(1, 100);
    await folder.store.removeStray(1, 'peaks');
    expect(there(folder)).toEqual(['1-v1.peaks']);
    folder.connection.sqlite.exec('delete from derived_assets');
    await folder.store.removeStray(1, 'peaks');
    expect(there(folder)).toEqual([]);
  });
});

describe('where the room is used up', () => {
  it('only what is young or wanted is made', async () => {
    const folder = kept(2);
    await folder.put(1, 9900, 'spectrogram');
    const made: string[] = [];
    const making = new AssetMaking({
      kind: 'peaks',
      enabled: () => true,
      store: folder.store,
      clock: folder.clock,
      maker: {
        make: ({ source }) => Promise.resolve(made.push(source)),
        close: () => Promise.resolve(),
      },
    });
    const raw = join(folder.root, 'a.wav');
    writeFileSync(raw, plainWav(480));
    const recording = { id: 2, durationS: 1, files: { raw } };
    const { signal } = new AbortController();
    const now = folder.clock.wallMs();
    const old = { ...recording, timeMs: now - DAY_MS - 1 };
    expect(await making.analyse(old, false, signal)).toMatchObject({ state: 'skipped' });
    expect(made).toEqual([]);
    expect(await making.analyse(old, true, signal)).toMatchObject({ state: 'done' });
    const young = { ...recording, timeMs: now - DAY_MS + 1 };
    expect(await making.analyse(young, false, signal)).toMatchObject({ state: 'done' });
    expect(made).toEqual([raw, raw]);
  });
});
