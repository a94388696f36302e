import { existsSync, readFileSync } from 'node:fs';
import { basename, resolve } from 'node:path';
import { expect, it } from 'vitest';
import { dataFolderAt } from '@main/data-folder';
import { RECORDING_FOLDERS } from '@main/files/remove-files';

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

it('the table of the data folder names every folder that lies in one, and the backup all that cannot be made again', () => {
  const text = readFileSync(resolve(root, 'docs/operations.md'), 'utf8');
  const table = text.split('\n').filter((line) => line.startsWith('| `'));
  const places = table.map((line) => /^\| `([^`<]+\/)/.exec(line)?.[1] ?? '');
  const { backupDir, recorderDir, logDir, encodingDir, fetchingDir } = dataFolderAt('/data');
  const folders = [
    ...[backupDir, recorderDir, logDir, encodingDir, fetchingDir].map(
      (path) => `${basename(path)}/`,
    ),
    ...RECORDING_FOLDERS.map((name) => `${name}/`),
  ];
  expect(folders.filter((folder) => !places.includes(folder))).toEqual([]);
  const backup = text.split('\n').find((line) => line.startsWith('Copy the data folder')) ?? '';
  const needed = RECORDING_FOLDERS.filter((name) => name !== 'derived');
  expect(needed.filter((name) => !backup.includes(`\`${name}/\``))).toEqual([]);
});
