import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { addShortProfile, expect, sharedTest as test } from '../support/e2e/console-test';
import { projectRoot } from '../support/e2e/console-app';
import { PAGES, visit } from '../support/e2e/pages';
import { resize, SIZES } from '../support/e2e/window-size';

// Not a test: pictures of every page, in both sizes, themes and languages, to look at.
//   SILVASONIC_SCREENSHOTS=<folder, or 1 for out/screenshots> npx playwright test screenshots
const wanted = process.env['SILVASONIC_SCREENSHOTS'];
const folder = wanted === '1' ? join(projectRoot, 'out', 'screenshots') : (wanted ?? '');

if (wanted !== undefined && wanted !== '') {
  test.beforeAll(async ({ line }) => {
    await addShortProfile(line, { segmentS: 2, rateHz: 384_000 });
    await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
    await line.devices.addSimulated({
      profileSlug: 'generic_usb',
      displayName: 'Forest edge',
      source: 'noise',
    });
    await expect
      .poll(async () => (await line.recordings.count({})).total, { timeout: 30_000 })
      .toBeGreaterThan(4);
  });

  for (const language of ['en', 'de'] as const) {
    for (const theme of ['light', 'dark'] as const) {
      test(`pictures in ${language}, ${theme}`, async ({ station, page, line }) => {
        test.setTimeout(180_000);
        await mkdir(folder, { recursive: true });
        await line.settings.set({ key: 'system.language', value: language });
        await line.settings.set({ key: 'display.theme', value: theme });
        await expect(page.locator('html')).toHaveAttribute('lang', language);
        await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
        const [newest] = (await line.recordings.list({ limit: 1 })).items;
        for (const size of SIZES) {
          await resize(station, size);
          for (const path of [...PAGES, `/recordings/${newest!.id}`]) {
            await visit(page, path);
            const name =
              path === '/'
                ? 'dashboard'
                : path.slice(1).replaceAll('/', '-').replace(/\d+$/, 'one');
            const file = `${name}-${size.width}x${size.height}-${theme}-${language}.png`;
            await page.screenshot({ path: join(folder, file), animations: 'disabled' });
          }
        }
      });
    }
  }
}
