import { expect, it } from 'vitest';
import { importStateSchema } from '@shared/model/import';
import { importEnd } from '@main/cli/import-end';

it('an import is told of once, when it has ended or rests', () => {
  const told = importStateSchema.options.map((state) => importEnd({ id: 3, state, imported: 2 }));
  expect(told.filter((one) => one !== null)).toEqual([
    'Import 3: imported 2 files so far; it goes on at the next start.',
    'Import 3: imported 2 files, then it was cancelled.',
    'Import 3: imported 2 files.',
    'Import 3: imported 2 files, then it could not go on.',
  ]);
});
