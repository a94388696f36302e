import type { StationClient } from '@shared/contract/index';
import type { Locator, Page } from '@playwright/test';
import { addShortProfile, expect, test } from '../support/e2e/console-test';

/** A simulated microphone that records, on its card. */
async function recordingCard(page: Page, line: StationClient): Promise<Locator> {
  await addShortProfile(line, { segmentS: 1 });
  await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  await page.getByTestId('nav-recorders').click();
  const card = page.getByTestId(/^recorder-card-/);
  await expect(card.getByTestId('recorder-state')).toHaveAttribute('data-verdict', 'recording');
  return card;
}

async function chooseKind(page: Page, kind: 'always' | 'hours' | 'sun'): Promise<void> {
  await page.getByTestId('schedule-kind').locator(`label[for$="-${kind}"]`).click();
}

/** Hours from now on the clock face of the station (UTC, unless set otherwise). */
function hoursFromNow(hours: number): string {
  return new Date(Date.now() + hours * 3_600_000).toISOString().slice(11, 16);
}

test('a schedule is seen before it is saved, takes effect at once, and is taken back as fast', async ({
  page,
  line,
}) => {
  const card = await recordingCard(page, line);
  const state = card.getByTestId('recorder-state');
  await card.getByTestId('schedule-edit').click();
  await chooseKind(page, 'hours');
  await page.getByTestId('window-from').fill('25');
  await expect(page.getByTestId('schedule-save')).toBeDisabled();
  await page.getByTestId('window-from').fill(hoursFromNow(2));
  await page.getByTestId('window-to').fill(hoursFromNow(4));
  await expect(page.getByTestId('schedule-preview')).toContainText(hoursFromNow(2));
  await page.getByTestId('schedule-save').click();
  await expect(page.getByTestId('schedule-form')).toHaveCount(0);
  await expect(state).toHaveAttribute('data-verdict', 'resting', { timeout: 8_000 });
  await expect(card.getByTestId('recorder-reason')).toContainText(hoursFromNow(2));
  await expect(card.getByTestId('schedule-words')).toContainText(hoursFromNow(2));
  expect((await line.devices.list())[0]!.schedule.kind).toBe('hours');

  await page.getByTestId('nav-dashboard').click();
  await expect(page.getByTestId('station-verdict')).toHaveAttribute('data-verdict', 'resting');
  await page.getByTestId('nav-recorders').click();

  await card.getByTestId('schedule-edit').click();
  await chooseKind(page, 'always');
  await page.getByTestId('schedule-save').click();
  await expect(state).toHaveAttribute('data-verdict', 'recording');
});

test('a sun schedule without a position says that it records always, and leads to the settings', async ({
  page,
  line,
}) => {
  const card = await recordingCard(page, line);
  await card.getByTestId('schedule-edit').click();
  await chooseKind(page, 'sun');
  await expect(page.getByTestId('position-unknown')).toBeVisible();
  await page.getByTestId('position-unknown').getByRole('link').click();
  await expect(page).toHaveURL(/settings\/general/);
  await line.settings.set({ key: 'system.latitude', value: 52.5 });
  await line.settings.set({ key: 'system.longitude', value: 13.4 });
  await page.getByTestId('nav-recorders').click();
  await card.getByTestId('schedule-edit').click();
  await chooseKind(page, 'sun');
  await expect(page.getByTestId('schedule-preview')).toBeVisible();
  await expect(page.getByTestId('position-unknown')).toHaveCount(0);
});

test('a pause shows its deadline, survives a reload, and ends when a person says so', async ({
  page,
  line,
}) => {
  const card = await recordingCard(page, line);
  const state = card.getByTestId('recorder-state');
  await card.getByTestId('recorder-pause').click();
  await page.getByTestId('pause-half_hour').click();
  await expect(state).toHaveAttribute('data-verdict', 'resting', { timeout: 8_000 });
  const { pausedUntil } = (await line.devices.list())[0]!;
  expect(Date.parse(pausedUntil!) - Date.now()).toBeGreaterThan(29 * 60_000);
  await expect(card.getByTestId('recorder-reason')).toContainText(pausedUntil!.slice(11, 16));
  await page.reload();
  await expect(state).toHaveAttribute('data-verdict', 'resting');
  await card.getByTestId('recorder-resume').click();
  await expect(state).toHaveAttribute('data-verdict', 'recording');
  expect((await line.devices.list())[0]!.pausedUntil).toBeNull();
});
