import { appendFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { SegmentList } from '@main/recorder/segment-list';
import { temporaryFolder } from '../../support/temporary-folder';

const row = (n: number): string =>
  `aaaaaaaa_${String(n).padStart(8, '0')}.wav,${(n * 10).toFixed(6)},${((n + 1) * 10).toFixed(6)}\n`;

function listOf(rows: number): string {
  const file = join(temporaryFolder(), 'raw.csv');
  writeFileSync(file, Array.from({ length: rows }, (_, n) => row(n)).join(''));
  return file;
}

const sequences = async (list: SegmentList): Promise<number[]> =>
  (await list.readNew()).map(({ sequence }) => sequence);

describe('a segment list', () => {
  it('of any length is read whole, and then only what is new', async () => {
    const file = listOf(20_000);
    const list = new SegmentList(file);
    expect(await sequences(list)).toEqual(Array.from({ length: 20_000 }, (_, n) => n));
    appendFileSync(file, row(20_000) + row(20_001).slice(0, 20));
    expect(await sequences(list)).toEqual([20_000]);
    appendFileSync(file, row(20_001).slice(20));
    expect(await sequences(list)).toEqual([20_001]);
    expect(await sequences(list)).toEqual([]);
  });

  it.each([0, 1, 7_777, 19_998, 19_999])(
    'of months is read from near a segment on: %i',
    async (wanted) => {
      const list = new SegmentList(listOf(20_000));
      await list.skipTo(wanted);
      const read = await sequences(list);
      expect(read.at(-1)).toBe(19_999);
      expect(read).toContain(wanted);
      expect(read).toEqual(read.map((_, i) => 20_000 - read.length + i));
      expect(read.length - (20_000 - wanted)).toBeLessThan(2_000);
    },
  );

  it('tells its last rows also when none of them is asked for', async () => {
    const list = new SegmentList(listOf(20_000));
    await list.skipTo(Infinity);
    const read = await list.readNew();
    expect(read.at(-1)).toEqual({ sequence: 19_999, startS: 199_990, endS: 200_000 });
    expect(read.length).toBeLessThan(2_000);
  });

  it.each([0, 1, 2, 3])('of %i rows is passed over by nobody', async (rows) => {
    const list = new SegmentList(listOf(rows));
    await list.skipTo(Infinity);
    const read = await sequences(list);
    expect(read.at(-1)).toBe(rows === 0 ? undefined : rows - 1);
  });

  it('that is not there yet is empty', async () => {
    const file = join(temporaryFolder(), 'raw.csv');
    const list = new SegmentList(file);
    await list.skipTo(5);
    expect(await sequences(list)).toEqual([]);
    writeFileSync(file, row(0));
    expect(await sequences(list)).toEqual([0]);
  });
});
