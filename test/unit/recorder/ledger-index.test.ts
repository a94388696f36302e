import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import * as fs from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, vi } from 'vitest';
import { LedgerIndex, ledgerParts } from '@main/recorder/ledger-index';
import type { LedgerEntry } from '@main/recorder/run-files';
import { temporaryFolder } from '../../support/temporary-folder';

vi.mock('node:fs/promises', { spy: true });

function entry(sequence: number, startWallMs = sequence): LedgerEntry {
  return {
    sequence,
    fileName: `2026-05-01T12-00-00Z_10s_aaaaaaaa_${String(sequence).padStart(8, '0')}.wav`,
    firstFrame: sequence * 480_000,
    frames: 480_000,
    sampleRateHz: 48_000,
    startWallMs,
    clockSynced: true,
  };
}

const line = (one: LedgerEntry): string => `\n${JSON.stringify(one)}\n`;

/** Several stretches of it. */
function ledgerOf(entries: number): string {
  const file = join(temporaryFolder(), 'segments.ndjson');
  const lines = Array.from({ length: entries }, (_, sequence) => line(entry(sequence)));
  writeFileSync(file, lines.join(''));
  return file;
}

/** Bytes that were read while that was done. */
async function bytesRead(work: () => Promise<unknown>): Promise<number> {
  const opened = vi.mocked(fs.open);
  let bytes = 0;
  const actual = await vi.importActual<typeof fs>('node:fs/promises');
  opened.mockImplementation(async (...args) => {
    const handle = await actual.open(...args);
    const read = handle.read.bind(handle) as (
      ...given: unknown[]
    ) => Promise<{ bytesRead: number }>;
    Object.assign(handle, {
      read: async (...given: unknown[]) => {
        const result = await read(...given);
        bytes += result.bytesRead;
        return result;
      },
    });
    return handle;
  });
  await work();
  opened.mockImplementation(actual.open);
  return bytes;
}

describe('the ledger of a run of months', () => {
  it('tells of every one of its segments', async () => {
    const file = ledgerOf(10_000);
    const index = new LedgerIndex(file);
    for (const sequence of [9_999, 0, 1, 4_321, 9_998, 77, 5_000]) {
      expect(await index.find(sequence)).toEqual(entry(sequence));
    }
    expect(await index.find(10_000)).toBeNull();
    expect(await new LedgerIndex(file).find(10_000)).toBeNull();
  });

  it('is not read for what was written last', async () => {
    const file = ledgerOf(10_000);
    const bytes = await bytesRead(() => new LedgerIndex(file).find(9_990));
    expect(bytes).toBeGreaterThan(0);
    expect(bytes).toBeLessThanOrEqual(256 * 1024);
  });

  it('is read once, and then only where the answer is', async () => {
    const file = ledgerOf(10_000);
    const index = new LedgerIndex(file);
    await index.find(3);
    for (const sequence of [3, 8_000, 5_000]) {
      const bytes = await bytesRead(() => index.find(sequence));
      expect(bytes).toBeGreaterThan(0);
      expect(bytes).toBeLessThanOrEqual(256 * 1024);
    }
    appendFileSync(file, line(entry(10_000)));
    expect(await bytesRead(() => index.find(10_000))).toBeLessThan(1_000);
  });

  it('tells the last of several entries of one segment, also when it was added since', async () => {
    const file = ledgerOf(5_000);
    const index = new LedgerIndex(file);
    expect(await index.find(7)).toEqual(entry(7));
    appendFileSync(file, line(entry(7, 1)));
    expect(await index.find(7)).toEqual(entry(7, 1));
    appendFileSync(file, Array.from({ length: 3_000 }, (_, n) => line(entry(n, 2))).join(''));
    expect(await index.find(7)).toEqual(entry(7, 2));
    expect(await index.find(4_999)).toEqual(entry(4_999));
    expect(await new LedgerIndex(file).find(7)).toEqual(entry(7, 2));
  });

  it('passes over what a power cut left of a line, and over what is no line at all', async () => {
    const file = ledgerOf(2_000);
    const index = new LedgerIndex(file);
    const torn = line(entry(3, 1)).slice(0, 60);
    appendFileSync(file, torn);
    expect(await index.find(3)).toEqual(entry(3));
    appendFileSync(file, line(entry(2_000)));
    appendFileSync(file, Buffer.alloc(700_000));
    appendFileSync(file, line(entry(2_001)));
    for (const sequence of [3, 1_999, 2_000, 2_001]) {
      expect(await index.find(sequence)).toEqual(entry(sequence));
      expect(await new LedgerIndex(file).find(sequence)).toEqual(entry(sequence));
    }
    appendFileSync(file, JSON.stringify(entry(2_002))); // its line end is still to come
    expect(await index.find(2_002)).toEqual(entry(2_002));
  });

  it('is another one when its file is', async () => {
    const file = ledgerOf(2_000);
    const index = new LedgerIndex(file);
    await index.find(0);
    rmSync(file);
    expect(await index.find(0)).toBeNull();
    writeFileSync(file, line(entry(0, 9)));
    expect(await index.find(0)).toEqual(entry(0, 9));
    expect(await index.find(1)).toBeNull();
  });

  it('answers many at once', async () => {
    const index = new LedgerIndex(ledgerOf(5_000));
    const sequences = Array.from({ length: 50 }, (_, n) => n * 100);
    expect(await Promise.all(sequences.map((one) => index.find(one)))).toEqual(
      sequences.map((one) => entry(one)),
    );
  });

  it('that cannot be read now is no answer', async () => {
    const folder = temporaryFolder();
    await expect(new LedgerIndex(folder).find(0)).rejects.toThrow(/EISDIR/);
  });

  it('is told in parts, in order, to its end', async () => {
    const file = ledgerOf(3_000);
    const parts: (readonly LedgerEntry[])[] = [];
    for await (const part of ledgerParts(file)) parts.push(part);
    expect(parts.length).toBeGreaterThan(5);
    expect(parts.flat()).toEqual(Array.from({ length: 3_000 }, (_, n) => entry(n)));
    for await (const _ of ledgerParts(join(temporaryFolder(), 'none'))) expect.fail();
  });
});
