import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll } from 'vitest';
import { build } from 'vite';

const root = resolve(import.meta.dirname, '../..');

/** The import's thread as it is shipped, one file: it starts five times as fast as its source. Call at the top of a file. */
export function builtImportWorker(): () => URL {
  const folder = mkdtempSync(join(tmpdir(), 'silvasonic-test-'));
  beforeAll(async () => {
    await build({
      configFile: false,
      logLevel: 'silent',
      root,
      resolve: { alias: { '@shared': join(root, 'shared'), '@main': join(root, 'main') } },
      ssr: { noExternal: true },
      build: {
        ssr: true,
        outDir: folder,
        emptyOutDir: false,
        target: 'node24',
        rolldownOptions: {
          input: { 'import-worker': join(root, 'main/importing/import-worker.ts') },
          output: { format: 'es', entryFileNames: '[name].mjs' },
        },
      },
    });
  });
  afterAll(() => {
    rmSync(folder, { recursive: true, force: true });
  });
  return () => pathToFileURL(join(folder, 'import-worker.mjs'));
}
