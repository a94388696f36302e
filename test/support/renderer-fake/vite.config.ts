import { resolve } from 'node:path';
import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';

// Development only: `npx vite --config test/support/renderer-fake/vite.config.ts`, then ?scene=filled#/
const root = resolve(import.meta.dirname, '../../..');

export default defineConfig({
  root: import.meta.dirname,
  cacheDir: resolve(root, 'node_modules/.vite-renderer-fake'),
  resolve: { alias: { '@shared': resolve(root, 'shared') } },
  plugins: [react()],
  server: { fs: { allow: [root] } },
  build: { outDir: resolve(root, 'out/renderer-fake'), emptyOutDir: true, target: 'chrome130' },
});
