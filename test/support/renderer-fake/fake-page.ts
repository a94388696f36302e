import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import type { InlineConfig } from 'vite';

const root = resolve(import.meta.dirname, '../../..');

/** Builds and serves the real page against the fake station. Development only. */
export const fakePage: InlineConfig = {
  configFile: false,
  root: import.meta.dirname,
  logLevel: 'warn',
  resolve: { alias: { '@shared': resolve(root, 'shared') } },
  plugins: [react()],
  build: { outDir: resolve(root, 'out/renderer-fake'), emptyOutDir: true, target: 'chrome130' },
  preview: { port: 4179 },
};
