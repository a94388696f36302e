import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { build } from 'vite';
import { THREADS } from '../../scripts/threads.mjs';

const root = resolve(import.meta.dirname, '../..');

/**
 * Builds the threads of the main process as they are shipped, once for all tests: one file starts two to five times as
 * fast as its sources, and the tests start thousands.
 */
export async function setup(): Promise<() => void> {
  // Where they find the packages that are not built into them.
  const cache = join(root, 'node_modules/.cache');
  mkdirSync(cache, { recursive: true });
  const folder = mkdtempSync(join(cache, 'silvasonic-threads-'));
  const input = Object.entries(THREADS).map(([name, source]) => [name, join(root, source)]);
  await build({
    configFile: false,
    logLevel: 'silent',
    root,
    resolve: { alias: { '@shared': join(root, 'shared'), '@main': join(root, 'main') } },
    ssr: { noExternal: true, external: ['better-sqlite3'] },
    build: {
      ssr: true,
      outDir: folder,
      emptyOutDir: false,
      target: 'node24',
      rolldownOptions: {
        input: Object.fromEntries(input) as Record<string, string>,
        output: { format: 'es', entryFileNames: '[name].mjs' },
      },
    },
  });
  process.env['SILVASONIC_TEST_THREADS'] = folder;
  return () => {
    rmSync(folder, { recursive: true, force: true });
  };
}
