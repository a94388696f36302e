import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvLine, listCell } from '@main/exporting/csv';

/** Much of it what CSV is made of. */
const anyText = fc
  .array(fc.oneof(fc.constantFrom(34, 44, 13, 10, 61), fc.nat({ max: 0xffff })))
  .map((codes) => String.fromCharCode(...codes));

describe('a line of CSV', () => {
  it('is written as RFC 4180 wants it', () => {
    expect(csvLine(['a', 1.5, -2, true, null, 'x,y', 'say "hi"', 'two\r\nlines'])).toBe(
      'a,1.5,-2,true,,"x,y","say ""hi""","two\r\nlines"\r\n',
    );
  });

  it.each([
    '=1+1',
    '+1',
    '-1+1',
    '@SUM(A1)',
    '\t=1',
    ' =1',
    '\r=1',
    '＝1',
    '\u0000=1',
    '\u200e=1'.slice(1),
  ])('holds no formula: %j', (text) => {
    const cell = csvLine([text]).replace(/^"/, '');
    expect(cell.startsWith("'")).toBe(true);
  });

  it('changes no other text', () => {
    for (const text of ['a=b', 'x-1', '3.5', 'Nachtigall', "it's"])
      expect(csvLine([text])).toBe(`${text}\r\n`);
  });

  it('is one line for whoever reads it, whatever it holds', () => {
    fc.assert(
      fc.property(fc.array(anyText, { minLength: 1 }), (cells) => {
        const line = csvLine(cells);
        // Outside of quotes there is one line end, the last.
        const outside = line.replaceAll(/"(?:[^"]|"")*"/g, '');
        expect(outside.indexOf('\n')).toBe(outside.length - 1);
        expect(outside.split(',')).toHaveLength(cells.length);
      }),
    );
  });
});

it('a list in a cell can be taken apart again', () => {
  expect(listCell(['a', 'b c', 'd|e'])).toBe('a | b c | d/e');
  expect(listCell([])).toBeNull();
});
