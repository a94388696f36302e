import { join } from 'node:path';
import AxeBuilder from '@axe-core/playwright';
import type { Page } from '@playwright/test';
import type { StationClient } from '@shared/contract/index';
import { addShortProfile, expect, test } from '../support/e2e/console-test';
import { visit } from '../support/e2e/pages';
import { seesUnloadedMachine } from '../support/e2e/unloaded';
import { openWebdavServer, type WebdavServer } from '../support/e2e/webdav-server';
import { resize, SIZES } from '../support/e2e/window-size';

const SLOW = { timeout: 30_000 };
const card = (page: Page) => page.getByTestId('remote-card');
const recorded = async (line: StationClient) => (await line.recordings.count({})).total;
const verified = async (page: Page) =>
  Number(await page.getByTestId('remote-verified').getAttribute('data-count'));

async function enter(page: Page, server: WebdavServer, password: string): Promise<void> {
  await page.getByTestId('remote-name').fill('Garden shed');
  await page.getByTestId('remote-url').fill(server.url);
  await page.getByTestId('remote-user').fill(server.user);
  await page.getByTestId('remote-pass').fill(password);
}

test('recordings go to a server, come under the janitor’s rules, and the page tells each step', async ({
  page,
  line,
  folders,
  station,
}) => {
  test.slow();
  const server = await openWebdavServer(join(folders.root, 'server'));
  try {
    await seesUnloadedMachine(station.app);
    await resize(station, SIZES[0]);
    await line.settings.set({ key: 'cloud_sync.poll_interval', value: 1 });
    await line.settings.set({ key: 'processor.janitor_interval_seconds', value: 3600 });
    // What nobody analyses needs not be waited for.
    for (const worker of ['peaks', 'spectrogram'])
      await line.settings.set({ key: `analysis.${worker}_enabled`, value: false });
    await addShortProfile(line, { segmentS: 1 });
    const { name: device } = await line.devices.addSimulated({
      profileSlug: 'short',
      displayName: 'Pond',
    });
    await expect.poll(() => recorded(line), SLOW).toBeGreaterThan(1);

    await test.step('a wrong password is told before anything is kept', async () => {
      await visit(page, '/cloud');
      await page.getByTestId('remote-add').click();
      await page.getByTestId('remote-save').click();
      // What is missing is said, and the first of it has the focus.
      await expect(page.getByTestId('remote-name')).toBeFocused();
      await enter(page, server, 'wrong');
      await page.getByTestId('remote-pass').press('Enter');
      await expect(page.getByTestId('test-result')).toHaveAttribute('data-ok', 'false', SLOW);
      await expect(page.getByTestId('cloud-failure')).toHaveAttribute('data-code', 'AUTH');
      await expect(page.getByTestId('test-result')).toBeInViewport();
      expect(await line.remotes.list()).toEqual([]);
      for (const size of SIZES) {
        await resize(station, size);
        const { violations } = await new AxeBuilder({ page }).setLegacyMode(true).analyze();
        expect(
          violations.filter(({ impact }) => impact === 'serious' || impact === 'critical'),
        ).toEqual([]);
      }
    });

    await test.step('mended, it is kept, and gets what is recorded from then on', async () => {
      await page.getByTestId('remote-pass').fill(server.password);
      await page.getByTestId('remote-save').click();
      await expect(card(page)).toHaveCount(1, SLOW);
      await expect(page.getByTestId('remote-form')).toHaveCount(0);
      await expect(page.getByTestId('cloud-indicator')).toHaveAttribute('data-state', 'off');
      await page.getByTestId('cloud-on').click();
      await expect.poll(() => verified(page), SLOW).toBeGreaterThan(0);
      expect(await server.files()).not.toEqual([]);
      await expect(page.locator('[data-testid="upload"][data-success="true"]').first()).toBeVisible(
        SLOW,
      );
    });

    await test.step('paused, nothing goes; the queue grows', async () => {
      await page.getByTestId('remote-pause').click();
      await expect(card(page)).toHaveAttribute('data-state', 'paused');
      await expect
        .poll(
          async () => Number(await page.getByTestId('remote-waiting').getAttribute('data-count')),
          SLOW,
        )
        .toBeGreaterThan(1);
      await line.recorders.stop({ device });
    });

    await test.step('what was recorded before it was added goes when it is asked for', async () => {
      await page.getByTestId('remote-backfill').click();
      await page.getByTestId('confirm-accept').click();
      await expect(page.getByTestId('backfilled')).toBeVisible();
      await page.getByTestId('remote-resume').click();
      await expect.poll(async () => (await verified(page)) - (await recorded(line)), SLOW).toBe(0);
      await expect(card(page)).toHaveAttribute('data-state', 'idle', SLOW);
      await expect(page.getByTestId('cloud-indicator')).toHaveAttribute('data-state', 'synced');
      const flacs = (await server.files()).filter((name) => name.endsWith('.flac'));
      expect(flacs).toHaveLength(await recorded(line));
    });

    await test.step('a recording says where it is, and how that is known', async () => {
      const [newest] = (await line.recordings.list({ limit: 1 })).items;
      await visit(page, `/recordings/${newest!.id}`);
      await expect(page.getByTestId('custody')).toHaveAttribute('data-state', 'verified');
      await expect(page.getByTestId('copy')).toContainText('Garden shed');
    });

    await test.step('the plan says what would go; carried out, the history says why it went', async () => {
      await line.settings.set({ key: 'processor.delete_after_upload', value: true });
      await visit(page, '/storage');
      // What is only just recorded is left alone for a while.
      await expect(async () => {
        await page.getByTestId('plan-again').click();
        await expect(page.getByTestId('planned').first()).toBeVisible({ timeout: 1_000 });
      }).toPass({ timeout: 60_000 });
      await expect(page.getByTestId('planned').first().getByTestId('safe')).toHaveAttribute(
        'data-state',
        'safe',
      );
      await page.getByTestId('janitor-run').click();
      await page.getByTestId('confirm-accept').click();
      const deletion = page.getByTestId('deletion').first();
      await expect(deletion).toHaveAttribute('data-reason', 'after_upload', SLOW);
      await deletion.getByRole('link').click();
      await expect(page.getByTestId('custody')).toHaveAttribute('data-state', 'local_deleted');
    });

    await test.step('what was deleted here comes back as it was', async () => {
      await expect(page.getByTestId('recording-deleted')).toBeVisible();
      await page.getByTestId('custody-fetch').click();
      await expect(page.getByTestId('custody')).toHaveAttribute('data-state', 'fetched_back', SLOW);
      await expect(page.getByTestId('recording-deleted')).toHaveCount(0);
    });
  } finally {
    await server.close();
  }
});
