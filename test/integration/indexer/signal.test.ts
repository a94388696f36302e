import { describe, expect, it, vi } from 'vitest';
import type { SignalHealth } from '@shared/model/recorder';
import { settle } from '../../support/fake-clock';
import { indexedFolder, type IndexedFolder } from '../../support/indexed-folder';
import { insertDevice } from '../../support/sample-rows';
import { dataChunk, formatChunk, wavBytes } from '../../support/wav-bytes';

const NOON = Date.UTC(2026, 4, 1, 12);
const HOUR = 3_600_000;

function withMicrophone(): IndexedFolder {
  const folder = indexedFolder();
  insertDevice(folder.connection, 'mic');
  return folder;
}

function signals({ connection }: IndexedFolder): (SignalHealth | null)[] {
  return connection.sqlite
    .prepare<[], { signal: string | null }>('select signal from recordings order by time_ms')
    .all()
    .map(({ signal }) => (signal === null ? null : (JSON.parse(signal) as SignalHealth)));
}

/** Every hash is there. */
async function hashed(folder: IndexedFolder, rows: number): Promise<void> {
  await vi.waitFor(
    () => {
      const hashes = folder.rows().map((row) => row.raw?.sha256 ?? null);
      expect(hashes).toHaveLength(rows);
      expect(hashes).not.toContain(null);
    },
    { timeout: 20_000, interval: 10 },
  );
}

/** A square wave at a quarter of full scale, 24 bit in an EXTENSIBLE file with loud bytes that are no samples. */
function loud24(): Buffer {
  const samples = Buffer.alloc(4800 * 2 * 3);
  for (let i = 0; i < 9600; i += 1) samples.writeIntLE(i % 4 < 2 ? 0x200000 : -0x200000, i * 3, 3);
  const noise = Buffer.alloc(1001, 0x7f);
  return wavBytes([
    { id: 'JUNK', body: noise },
    formatChunk({ channels: 2, rate: 96_000, bits: 24, validBits: 24 }),
    dataChunk(samples),
    { id: 'guan', body: noise },
  ]);
}

describe('what a recording sounds like', () => {
  it('is measured with its hash: the samples only, in one update', async () => {
    const folder = withMicrophone();
    await folder.indexer.start();
    await settle();
    const told: unknown[] = [];
    folder.bus.on('signal.measured', (measured) => told.push(measured));
    const fileName = folder.place({ bytes: loud24() });
    folder.promoted({ fileName, startWallMs: NOON });
    await hashed(folder, 1);
    const [signal] = signals(folder);
    expect(signal).toEqual({
      peakDbfs: -12.04,
      rmsDbfs: -12.04,
      dcOffset: 0,
      clippedRatio: 0,
      constant: false,
    });
    expect(told).toEqual([{ device: 'mic', timeMs: NOON, signal }]);
    expect(folder.indexer.signalOf('mic', 'aaaaaaaa')).toEqual(signal);
    expect(folder.indexer.signalOf('other', 'aaaaaaaa')).toBeNull();
  });

  it('is remembered by the next console, and the newest counts, in whatever order they were measured', async () => {
    const folder = withMicrophone();
    const silent = wavBytes([formatChunk(), dataChunk(Buffer.alloc(9600))]);
    folder.place({ sequence: 0, startMs: NOON, bytes: loud24() });
    folder.place({ sequence: 1, startMs: NOON + 10_000, bytes: silent });
    await folder.indexer.start();
    await hashed(folder, 2);
    expect(folder.indexer.signalOf('mic', 'aaaaaaaa')).toMatchObject({ constant: true });
    await folder.indexer.stop();
    expect(folder.again().signalOf('mic', 'aaaaaaaa')).toMatchObject({
      constant: true,
      peakDbfs: -200,
    });
  });

  it('is told of the present run only: what was before a cable was mended tells nothing of now', async () => {
    const folder = withMicrophone();
    const silent = wavBytes([formatChunk(), dataChunk(Buffer.alloc(9600))]);
    folder.place({ runId: 'aaaaaaaa', startMs: NOON + HOUR, bytes: silent });
    await folder.indexer.start();
    await hashed(folder, 1);
    expect(folder.indexer.signalOf('mic', 'aaaaaaaa')).toMatchObject({ constant: true });
    expect(folder.indexer.signalOf('mic', 'bbbbbbbb')).toBeNull();
    // Earlier by a clock that was set back meanwhile.
    const fileName = folder.place({ runId: 'bbbbbbbb', startMs: NOON, bytes: loud24() });
    folder.promoted({ fileName, runId: 'bbbbbbbb', startWallMs: NOON });
    await hashed(folder, 2);
    expect(folder.indexer.signalOf('mic', 'bbbbbbbb')).toMatchObject({ constant: false });
    await folder.indexer.stop();
    expect(folder.again().signalOf('mic', 'cccccccc')).toBeNull();
  });

  it('is not asked for again where there is a hash and no measure', async () => {
    const folder = withMicrophone();
    folder.place({ frames: 4800 });
    await folder.indexer.start();
    await hashed(folder, 1);
    await folder.indexer.stop();
    folder.connection.sqlite.exec('update recordings set signal = null');
    const again = folder.again();
    await again.start();
    await folder.clock.advance(120_000);
    await again.stop();
    expect(signals(folder)).toEqual([null]);
    expect(again.signalOf('mic', 'aaaaaaaa')).toBeNull();
  });
});
