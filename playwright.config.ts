import { defineConfig } from '@playwright/test';

// The real Electron window. Start it through `npm test -- --only e2e`: that brings the screen, the keyring and the runtime.
export default defineConfig({
  testDir: 'test/e2e',
  outputDir: 'test-results/e2e',
  workers: 1,
  retries: 0,
  forbidOnly: Boolean(process.env['CI']),
  timeout: 60_000,
  expect: { timeout: 10_000 },
  use: { trace: 'retain-on-failure' },
});
