import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { defineConfig } from 'vitest/config';

const here = (path: string): string => resolve(import.meta.dirname, path);

export default defineConfig({
  resolve: { alias: { '@shared': here('shared'), '@main': here('main') } },
  test: {
    maxWorkers: 2,
    globalSetup: here('test/support/build-threads.ts'),
    restoreMocks: true,
    env: {
      // Tests must not remember their data folders among the user's own, nor their passwords.
      XDG_STATE_HOME: join(tmpdir(), 'silvasonic-test-state'),
      DBUS_SESSION_BUS_ADDRESS: 'unix:path=/proc/nonexistent',
    },
    projects: [
      {
        extends: true,
        test: {
          name: 'unit',
          include: ['test/unit/**/*.test.{ts,tsx}'],
          // A hang is found either way; a machine that is busy is none.
          testTimeout: 30_000,
          hookTimeout: 30_000,
        },
      },
      {
        extends: true,
        test: {
          name: 'integration',
          include: ['test/integration/**/*.test.ts'],
          // Real processes at real pace: ffmpeg closes a segment when its sound has been heard.
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        extends: true,
        test: {
          // Part of the benchmark: it makes hundreds of thousands of files.
          name: 'season',
          include: ['test/bench/season/*.test.ts'],
          testTimeout: 300_000,
          hookTimeout: 300_000,
        },
      },
    ],
  },
});
