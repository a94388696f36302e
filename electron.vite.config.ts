import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'electron-vite';
import { THREADS } from './scripts/threads.mjs';

const here = (path: string): string => resolve(import.meta.dirname, path);
const alias = { '@shared': here('shared'), '@main': here('main') };

// Explicit targets: the lowest runtime the code is tested on (Electron 33 = Node 20.18 / Chrome 130).
// electron-vite would otherwise derive them from the Electron that ships.
const NODE_TARGET = 'node20.18';
const PAGE_TARGET = 'chrome130';

export default defineConfig({
  main: {
    resolve: { alias },
    build: {
      target: NODE_TARGET,
      outDir: 'out/main',
      sourcemap: true,
      // Bundled: what is plain JavaScript and needed at once. Some hundred small files cost a cold start more
      // than all the rest of it. What has native parts or finds its own files stays outside.
      externalizeDeps: {
        exclude: [
          '@orpc/client',
          '@orpc/contract',
          '@orpc/server',
          'commander',
          'drizzle-orm',
          'execa',
          'prom-client',
          'rotating-file-stream',
          'yaml',
          'zod',
        ],
      },
      rolldownOptions: {
        input: {
          index: here('electron/index.ts'),
          headless: here('main/headless.ts'),
          ...Object.fromEntries(
            Object.entries(THREADS).map(([name, source]) => [name, here(source)]),
          ),
        },
        output: {
          format: 'es',
          entryFileNames: '[name].mjs',
          chunkFileNames: 'chunks/[name]-[hash].mjs',
        },
      },
    },
  },
  preload: {
    resolve: { alias },
    build: {
      target: NODE_TARGET,
      outDir: 'out/preload',
      // A sandboxed preload may require only electron and a few builtins: bundle everything else.
      externalizeDeps: false,
      rolldownOptions: {
        input: { index: here('electron/preload.ts') },
        output: { format: 'cjs', entryFileNames: '[name].cjs', codeSplitting: false },
      },
    },
  },
  renderer: {
    root: here('renderer'),
    resolve: { alias },
    plugins: [react()],
    build: {
      target: PAGE_TARGET,
      minify: true,
      outDir: here('out/renderer'),
      sourcemap: true,
      rolldownOptions: { input: { index: here('renderer/index.html') } },
    },
  },
});
