import messages from '../../renderer/app/messages/en.json' with { type: 'json' };
import { expect, sharedTest as test } from '../support/e2e/console-test';
import { PAGES, visit } from '../support/e2e/pages';
import { resize, SIZES } from '../support/e2e/window-size';

test('the language switch changes the words at once, and the station remembers', async ({
  page,
  line,
  station,
}) => {
  await resize(station, { width: 1280, height: 800 });
  await line.settings.set({ key: 'system.language', value: 'en' });
  await visit(page, '/');
  const language = page.locator('html');
  await expect(language).toHaveAttribute('lang', 'en');
  const english = await page.getByTestId('nav-recordings').innerText();
  await page.getByTestId('language-switch').click();
  await expect(language).toHaveAttribute('lang', 'de');
  await expect(page.getByTestId('nav-recordings')).not.toHaveText(english);
  await expect.poll(async () => (await line.settings.get()).system.language).toBe('de');
  await page.reload();
  await expect(language).toHaveAttribute('lang', 'de');
  await page.getByTestId('language-switch').click();
  await expect(language).toHaveAttribute('lang', 'en');
});

test('a page begins at its top, and the window itself never scrolls', async ({ page, station }) => {
  await resize(station, { width: 800, height: 480 });
  const scrolled = (): Promise<number[]> =>
    page.evaluate(() => [
      document.querySelector('main')?.scrollTop ?? -1,
      document.documentElement.scrollTop,
      document.documentElement.scrollHeight - window.innerHeight,
    ]);
  await visit(page, '/');
  await page.locator('main').evaluate((main) => {
    main.scrollTop = main.scrollHeight;
  });
  expect((await scrolled())[0]).toBeGreaterThan(0);
  await visit(page, '/settings/general');
  await expect.poll(scrolled).toEqual([0, 0, 0]);
});

test('every part of the station has a name for people', async ({ line }) => {
  const { services } = await line.station.snapshot();
  expect(services.length).toBeGreaterThan(5);
  const unnamed = services.filter(({ name }) => !Object.hasOwn(messages.service, name));
  expect(unnamed.map(({ name }) => name)).toEqual([]);
});

for (const language of ['en', 'de'] as const) {
  test(`nothing runs out of the window in ${language}`, async ({ station, page, line }) => {
    await line.settings.set({ key: 'system.language', value: language });
    await expect(page.locator('html')).toHaveAttribute('lang', language);
    const overflowing: string[] = [];
    for (const size of SIZES) {
      await resize(station, size);
      for (const path of PAGES) {
        await visit(page, path);
        const beyond = await page.evaluate(() => {
          const root = document.documentElement;
          const main = document.querySelector('main');
          return Math.max(
            root.scrollWidth - root.clientWidth,
            main ? main.scrollWidth - main.clientWidth : 0,
          );
        });
        if (beyond > 0) overflowing.push(`${path} at ${size.width}: ${beyond} px`);
      }
    }
    expect(overflowing).toEqual([]);
  });
}
