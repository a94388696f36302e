import AxeBuilder from '@axe-core/playwright';
import { addShortProfile, expect, sharedTest as test } from '../support/e2e/console-test';
import { PAGES, visit } from '../support/e2e/pages';
import { resize, SIZES } from '../support/e2e/window-size';

// With a microphone, recordings and an alert-free station there is something to look at on every page.
test.beforeAll(async ({ line }) => {
  await addShortProfile(line, { segmentS: 1 });
  await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  await expect.poll(async () => (await line.recordings.count({})).total).toBeGreaterThan(1);
});

for (const theme of ['dark', 'light'] as const) {
  test(`axe finds nothing serious on any page in the ${theme} theme`, async ({
    station,
    page,
    line,
  }) => {
    test.slow();
    await line.settings.set({ key: 'display.theme', value: theme });
    await expect(page.locator('html')).toHaveAttribute('data-mantine-color-scheme', theme);
    const found: string[] = [];
    for (const size of SIZES) {
      await resize(station, size);
      for (const path of PAGES) {
        await visit(page, path);
        const { violations, passes } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        expect(passes.length, `axe looked at ${path}`).toBeGreaterThan(10);
        for (const { id, impact, nodes } of violations) {
          if (impact !== 'serious' && impact !== 'critical') continue;
          found.push(
            `${path} at ${size.width}: ${id} (${impact}) ${nodes.map((node) => node.target.join(' ')).join(', ')}`,
          );
        }
      }
    }
    expect(found).toEqual([]);
  });
}
