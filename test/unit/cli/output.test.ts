import { describe, expect, it } from 'vitest';
import { megabytes, table } from '@main/cli/output';

describe('a table', () => {
  it('has columns as wide as their widest cell, and nothing behind the last', () => {
    expect(
      table(
        ['A', 'LONG', 'C'],
        [
          ['1', '2', '3'],
          ['wide cell', '', ''],
        ],
      ),
    ).toEqual(['A          LONG  C', '1          2     3', 'wide cell']);
  });

  it('is not made wide by one cell that is very long', () => {
    const long = 'x'.repeat(61);
    expect(
      table(
        ['A', 'B'],
        [
          [long, '1'],
          ['2', '3'],
        ],
      ),
    ).toEqual(['A  B', `${long}  1`, '2  3']);
  });

  it('without rows is its headings', () => {
    expect(table(['A', 'B'], [])).toEqual(['A  B']);
  });
});

it('sizes are in megabytes', () => {
  expect(megabytes(960_044)).toBe('1.0 MB');
});
