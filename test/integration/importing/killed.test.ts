import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { expect, it, vi } from 'vitest';
import { commandLine } from '../../support/command-line';
import { soundOf } from '../../support/import-bench';
import { openAgain } from '../../support/station-database';
import { temporaryFolder } from '../../support/temporary-folder';
import { testStation } from '../../support/test-station';
import { typescriptProcess } from '../../support/typescript-process';

const FILES = 150;

it('an import that is killed in the middle is done again without losing or doubling anything', async () => {
  const { station, dataDir } = await testStation();
  await station.stop();
  const card = temporaryFolder();
  for (let n = 0; n < FILES; n += 1)
    writeFileSync(join(card, `${String(n)}.wav`), soundOf(n + 1, 64));
  const child = await typescriptProcess(`
    import { commandLine } from '${join(import.meta.dirname, '../../support/command-line.ts')}';
    console.log('begins');
    await commandLine(['import', ${JSON.stringify(card)}, '--data', ${JSON.stringify(dataDir)}]);
  `);
  const place = join(dataDir, 'imported');
  const inPlace = (): string[] => {
    try {
      return readdirSync(place, { recursive: true, encoding: 'utf8' }).filter((name) =>
        /^[0-9a-f]{2}\/.*\.wav$/.test(name),
      );
    } catch {
      return [];
    }
  };
  // The first names were just given; their rows may be there or not.
  await vi.waitFor(
    () => {
      expect(inPlace().length).toBeGreaterThan(0);
    },
    { timeout: 40_000, interval: 1 },
  );
  child.kill('SIGKILL');
  await once(child, 'exit');
  const { exitCode, out } = await commandLine(['import', card, '--data', dataDir]);
  expect([exitCode, out.at(-1)]).toEqual([0, expect.stringContaining('is done')]);
  const { sqlite } = openAgain(join(dataDir, 'station.db'));
  const rows = sqlite
    .prepare<[], { path: string; sha256: string }>(
      'select raw_path as path, raw_sha256 as sha256 from recordings',
    )
    .all();
  expect(rows).toHaveLength(FILES);
  expect(inPlace()).toHaveLength(FILES);
  const unlike = rows.filter(
    ({ path, sha256 }) =>
      createHash('sha256')
        .update(readFileSync(join(dataDir, path)))
        .digest('hex') !== sha256,
  );
  expect(unlike).toEqual([]);
  expect(readdirSync(join(place, '.incoming'))).toEqual([]);
});
