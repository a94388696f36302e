import { expect, test } from '../support/e2e/console-test';
import { visit } from '../support/e2e/pages';
import { openUpdateFeed } from '../support/e2e/update-feed';

test('a test credential goes through the keyring and back', async ({ page }) => {
  await visit(page, '/settings/credentials');
  await page.getByTestId('vault-test').click();
  await expect(page.getByTestId('vault-result')).toHaveAttribute('data-reason', 'ok');
});

test.describe('where there is no keyring', () => {
  test.use({ startOptions: { env: { DBUS_SESSION_BUS_ADDRESS: 'unix:path=/nonexistent/bus' } } });

  test('the page says so in a plain word, and that there is an encrypted file instead', async ({
    page,
  }) => {
    await visit(page, '/settings/credentials');
    await page.getByTestId('vault-test').click();
    const result = page.getByTestId('vault-result');
    await expect(result).not.toHaveAttribute('data-reason', 'untested');
    await expect(result).not.toHaveAttribute('data-reason', 'ok');
    await expect(result).toHaveAttribute('data-backend', 'file');
  });
});

test('a console that runs from source says that it cannot update itself', async ({ page }) => {
  await visit(page, '/settings/updates');
  await page.getByTestId('update-check').click();
  await expect(page.getByTestId('update-state')).toHaveAttribute('data-state', 'unsupported');
});

test.describe('the check for updates', () => {
  test.use({ startOptions: { env: { SILVASONIC_UPDATE_FROM_SOURCE: '1' } } });

  test('tells apart: no feed, nothing new, something new, nothing there, nobody there', async ({
    page,
    line,
  }) => {
    const feed = await openUpdateFeed();
    const state = page.getByTestId('update-state');
    const check = async (expected: string): Promise<void> => {
      await page.getByTestId('update-check').click();
      await expect(state).toHaveAttribute('data-state', expected);
    };
    await visit(page, '/settings/updates');
    await check('no_feed');

    const address = page.getByTestId('setting-updates.feed_url').getByRole('textbox');
    await address.fill(feed.url);
    await address.press('Enter');
    await expect.poll(async () => (await line.settings.get()).updates.feed_url).toBe(feed.url);
    const { currentVersion } = await line.updates.status();

    feed.offer(currentVersion);
    await check('up_to_date');
    feed.offer('99.0.0');
    await check('available');
    await expect(state).toContainText('99.0.0');
    expect(await line.updates.status()).toMatchObject({
      state: 'available',
      availableVersion: '99.0.0',
    });

    feed.offer(null);
    await check('failed');
    expect((await line.updates.status()).error).toBe('The feed has no latest-linux.yml (404).');

    await line.settings.set({ key: 'updates.channel', value: 'beta' });
    feed.offer('99.1.0');
    await expect.poll(async () => (await line.updates.check()).availableVersion).toBe('99.1.0');
    expect(new Set(feed.asked)).toEqual(new Set(['/latest-linux.yml', '/beta-linux.yml']));

    await feed.close();
    await check('failed');
    expect((await line.updates.status()).error).toBe(
      'The feed refuses the connection (ERR_CONNECTION_REFUSED).',
    );
  });
});
