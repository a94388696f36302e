import { describe, expect, it } from 'vitest';
import type { ComparedFolder } from '@main/indexer/audit-comparison';
import { refusalOf } from '@main/indexer/audit-verdict';

const folder = (
  rows: number,
  missing: number,
  name = 'recorder/mic/data/raw/',
): ComparedFolder => ({
  folder: name,
  rows,
  missing,
  absent: false,
  problem: null,
});
const judge = (rows: number, missing: number, folders: ComparedFolder[] = [], accept = false) =>
  refusalOf({ rows, missing, folders }, accept);

describe('rows without files', () => {
  it.each([
    [0, 0],
    [1, 0],
    [10, 5],
    [1_000_000, 500_000],
  ])('of %i are marked when they are %i', (rows, missing) => {
    expect(judge(rows, missing)).toBeNull();
  });

  it.each([
    [1, 1],
    [10, 6],
    [2_000_000, 1_000_001],
  ])('of %i are not marked when they are %i', (rows, missing) => {
    expect(judge(rows, missing)).toContain(`${String(missing)} of ${String(rows)} recordings`);
  });

  it('are not marked when a folder that held a hundred holds none, be they few among all', () => {
    const folders = [folder(100_000, 3), folder(100, 100, 'recorder/bat/data/raw/')];
    expect(judge(100_100, 103, folders)).toContain('in recorder/bat/ is there');
    expect(judge(100_100, 102, [folder(100_000, 3), folder(99, 99)])).toBeNull();
    expect(judge(100_100, 102, [folder(100_000, 3), folder(100, 99)])).toBeNull();
  });

  it('are not marked when not one of thousands of imports is there, of which each folder holds few', () => {
    const fans = (missing: number): ComparedFolder[] =>
      Array.from({ length: 256 }, (_, n) =>
        folder(40, n === 0 ? missing : 40, `imported/${n.toString(16).padStart(2, '0')}/`),
      );
    const recorded = folder(100_000, 0);
    expect(judge(110_240, 10_240, [recorded, ...fans(40)])).toContain('10240 files');
    expect(judge(110_240, 10_240, [recorded, ...fans(40)])).toContain('in imported/ is there');
    expect(judge(110_240, 10_239, [recorded, ...fans(39)])).toBeNull();
  });

  it('are not marked when both folders of a microphone are empty, of which each held fewer than a hundred', () => {
    const folders = ['raw', 'processed'].map((stream) =>
      folder(60, 60, `recorder/bat/data/${stream}/`),
    );
    expect(judge(100_060, 60, [folder(100_000, 0), ...folders])).toContain('in recorder/bat/ is');
  });

  it('are marked when a person has looked', () => {
    expect(judge(10, 10, [folder(100, 100)], true)).toBeNull();
  });
});
