// The map from the seeds' test tables to our tests leads to tests that are there.
import { existsSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect, it } from 'vitest';

const root = resolve(import.meta.dirname, '../..');
const map = readFileSync(resolve(root, 'docs/seed-coverage.md'), 'utf8');
const rows = map
  .split('\n')
  .filter((line) => line.startsWith('| ') && !line.startsWith('| ---') && !line.startsWith('| Row'))
  .map((line) => {
    const [, seed = '', ours = ''] = /^\| (.*?) +\| (.*?) +\|$/.exec(line) ?? [];
    const tests = [...ours.matchAll(/`(test\/[^`]+)` “(.+?)”(?=<br>|$)/g)].map(
      ([, file = '', name = '']) => ({ file, name }),
    );
    return { seed, ours, tests };
  });

it('every row of the seeds has a test, or says that it is open or does not apply', () => {
  for (const { seed, ours, tests } of rows) {
    expect(seed, ours).not.toBe('');
    const says = /^\*\*(?:open|does not apply):\*\* \S/.test(ours);
    expect(says || tests.length > 0, seed).toBe(true);
    // Nothing is named that this test would not look for.
    expect(tests.length, seed).toBe(ours.split('`test/').length - 1);
  }
});

it('the figures at its head are those of its rows', () => {
  const open = rows.filter(({ ours }) => ours.startsWith('**open:**')).length;
  const apart = rows.filter(({ ours }) => ours.startsWith('**does not apply:**')).length;
  expect(map).toContain(
    `${String(rows.length)} rows: ${String(rows.length - open - apart)} have a test, ${String(open)} are open, ${String(apart)} do not apply.`,
  );
  expect(rows.length).toBeGreaterThan(200);
});

it('each test that is named there is in the file that is named with it', () => {
  const sources = new Map<string, string>();
  const gone: string[] = [];
  for (const { file, name } of rows.flatMap(({ tests }) => tests)) {
    if (!existsSync(resolve(root, file))) {
      gone.push(file);
      continue;
    }
    const source = sources.get(file) ?? readFileSync(resolve(root, file), 'utf8');
    sources.set(file, source);
    if (!["'", '"', '`'].some((quote) => source.includes(`${quote}${name}${quote}`))) {
      gone.push(`${file}: ${name}`);
    }
  }
  expect(gone).toEqual([]);
});
