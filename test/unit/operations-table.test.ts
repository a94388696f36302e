import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');

/** What `docs/operations.md` says was tested: a file below `test/integration`, and words of the test's name. */
function namedTests(): { readonly file: string; readonly words: string }[] {
  const text = readFileSync(resolve(root, 'docs/operations.md'), 'utf8');
  const rows = text.split('\n').filter((line) => line.startsWith('|'));
  return rows.flatMap((row) =>
    [...row.matchAll(/`([a-z-]+\/[a-z-]+)` “([^”]+)”/g)].map(([, file = '', words = '']) => ({
      file: `test/integration/${file}.test.ts`,
      words,
    })),
  );
}

it('every test that the table "What survives what" names is there', () => {
  const named = namedTests();
  expect(named.length).toBeGreaterThan(70);
  const missing = named.filter(({ file, words }) => {
    const path = resolve(root, file);
    return !existsSync(path) || !readFileSync(path, 'utf8').includes(words);
  });
  expect(missing).toEqual([]);
});
