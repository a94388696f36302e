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
    expect(judge(100_100, 103, folders)).toContain('recorder/bat/data/raw/');
    expect(judge(100_100, 102, [folder(100_000, 3), folder(99, 99)])).toBeNull();
    expect(judge(100_100, 102, [folder(100_000, 3), folder(100, 99)])).toBeNull();
  });

  it('are marked when a person has looked', () => {
    expect(judge(10, 10, [folder(100, 100)], true)).toBeNull();
  });
});
