import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test as base, type Page } from '@playwright/test';
import type { StationClient } from '@shared/contract/index';
import {
  launchConsole,
  makeFolders,
  removeFolders,
  type ConsoleApp,
  type ConsoleFolders,
  type StartOptions,
} from './console-app';
import { stationLine } from './station-line';

interface Fixtures {
  startOptions: StartOptions;
  folders: ConsoleFolders;
  /** The console, started for this test, with its page connected. */
  station: ConsoleApp;
  page: Page;
  line: StationClient;
}

/** A console of its own for each test. */
export const test = base.extend<Fixtures>({
  startOptions: [{}, { option: true }],

  // eslint-disable-next-line no-empty-pattern -- Playwright reads off the pattern what a fixture needs
  folders: async ({}, use) => {
    await withFolders(use);
  },
  station: async ({ folders, startOptions }, use) => {
    await withStation(folders, startOptions, use);
  },
  page: async ({ station }, use) => {
    await use(station.page);
  },
  line: async ({ station }, use) => {
    await use(await lineTo(station));
  },
});

/** One console for many tests, also of several files: for those that do not mind what others left there. */
export const sharedTest = base.extend<
  { page: Page },
  { folders: ConsoleFolders; station: ConsoleApp; line: StationClient }
>({
  folders: [
    // eslint-disable-next-line no-empty-pattern -- as above
    async ({}, use) => {
      await withFolders(use);
    },
    { scope: 'worker' },
  ],
  station: [
    async ({ folders }, use) => {
      await withStation(folders, {}, use);
    },
    { scope: 'worker' },
  ],
  line: [
    async ({ station }, use) => {
      await use(await lineTo(station));
    },
    { scope: 'worker' },
  ],
  page: async ({ station }, use) => {
    await use(station.page);
  },
});

async function withFolders(use: (folders: ConsoleFolders) => Promise<void>): Promise<void> {
  const folders = await makeFolders();
  await use(folders);
  await removeFolders(folders);
}

async function withStation(
  folders: ConsoleFolders,
  options: StartOptions,
  use: (station: ConsoleApp) => Promise<void>,
): Promise<void> {
  const station = await launchConsole(folders, options);
  await connected(station.page);
  await use(station);
  const { code, stderr } = await station.stop();
  expect({ code, stderr }, 'the console ends cleanly').toEqual({ code: 0, stderr: '' });
}

async function lineTo({ folders }: ConsoleApp): Promise<StationClient> {
  await expect.poll(() => existsSync(join(folders.dataDir, 'console.json'))).toBe(true);
  return stationLine(folders.dataDir);
}

/** Waits until the page has heard from the station. */
export async function connected(page: Page): Promise<void> {
  await expect(page.getByTestId('rec-indicator')).not.toHaveAttribute('data-recording', 'unknown');
}

/** A profile with short segments, so that a test need not wait long for a recording. */
export async function addShortProfile(
  line: StationClient,
  { slug = 'short', rateHz = 48_000, segmentS = 2 } = {},
): Promise<void> {
  await line.profiles.create({
    slug,
    name: `Short segments (${slug})`,
    audio: { sample_rate: rateHz, channels: 1, format: 'S16LE' },
    stream: { segment_duration_s: segmentS },
  });
}

export { expect };
