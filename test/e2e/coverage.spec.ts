import { addShortProfile, expect, test } from '../support/e2e/console-test';

test('the meter moves while a microphone records, in words too, and is gone when it stops', async ({
  page,
  line,
}) => {
  await addShortProfile(line, { segmentS: 1 });
  const { name } = await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  const meter = page.getByTestId('level-meter');
  await expect(meter).toHaveAttribute('data-stream', 'live');
  const bar = page.getByRole('meter', { name: /Pond/ });
  await expect
    .poll(async () => Number(await bar.getAttribute('aria-valuenow')))
    .toBeGreaterThan(-60);
  await expect(bar).toHaveAttribute('aria-valuetext', /dBFS/);
  await line.recorders.stop({ device: name });
  await expect(meter).toHaveCount(0);
});

test('a capture that was killed leaves a gap, and a tap tells its cause', async ({
  page,
  line,
}) => {
  await addShortProfile(line, { segmentS: 1 });
  const { name } = await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  await expect
    .poll(async () => (await line.recorders.list())[0]?.segmentsPromoted ?? 0)
    .toBeGreaterThan(1);
  const pid = (await line.recorders.list())[0]!.process!.pid;
  process.kill(pid, 'SIGKILL');
  const today = new Date().toISOString().slice(0, 10);
  const coverage = async () => (await line.coverage.day({ day: today, device: name })).devices[0]!;
  await expect
    .poll(async () => (await coverage()).gaps.length, { timeout: 20_000 })
    .toBeGreaterThan(0);

  const strip = page.getByTestId('coverage-strip');
  await expect(strip).not.toHaveAttribute('data-gaps', '0', { timeout: 8_000 });
  const whole = (await strip.boundingBox())!;
  const bar = (await strip.locator('[data-part="bar"]').boundingBox())!;
  expect(bar.width, 'the bar is as wide as what it lies in').toBeCloseTo(whole.width, 0);
  await strip.click();
  const gap = page.getByTestId('coverage-gap').first();
  await expect(gap).toHaveAttribute('data-reason', (await coverage()).gaps[0]!.reason);
  const opener = gap.getByRole('button').first();
  if ((await opener.getAttribute('aria-expanded')) === 'false') await opener.click();
  await expect(gap).toContainText(/\d\d:\d\d:\d\d\.\d{3}/);

  await page.getByTestId('coverage-day-before').click();
  await expect(page.getByTestId('coverage-drawer')).not.toHaveAttribute('data-day', today);
  await expect(page.getByTestId('coverage-gap')).toHaveCount(0);
});

test('gaps are found, told and left by the keyboard alone', async ({ page, line }) => {
  await addShortProfile(line, { segmentS: 1 });
  await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  await expect
    .poll(async () => (await line.recorders.list())[0]?.segmentsPromoted ?? 0)
    .toBeGreaterThan(1);
  process.kill((await line.recorders.list())[0]!.process!.pid, 'SIGKILL');
  const strip = page.getByTestId('coverage-strip');
  const gap = page.locator('[data-testid="coverage-gap"][data-reason="capture_failed"]').first();
  await strip.press('Enter');
  await expect(gap).toBeVisible({ timeout: 20_000 });
  await gap.getByRole('button').first().press('Enter');
  await expect(gap).toHaveAttribute('data-open', '');
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('coverage-drawer')).toHaveCount(0);
  await expect(strip).toBeFocused();
});

test('a certificate is shown, printed on request, and closed by Escape without what is under it', async ({
  page,
  line,
}) => {
  await addShortProfile(line, { segmentS: 1 });
  await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  await expect.poll(async () => (await line.recordings.count({})).total).toBeGreaterThan(1);
  await page.getByTestId('coverage-strip').click();
  await page.getByTestId('certificate-day').click();
  const certificate = page.getByTestId('certificate');
  await expect(certificate).toContainText('Ed25519');
  await expect(certificate).toContainText('Pond');
  await page.evaluate(() => {
    window.print = () => {
      document.documentElement.dataset['printed'] = 'yes';
    };
  });
  await page.getByTestId('certificate-print').click();
  await expect(page.locator('html')).toHaveAttribute('data-printed', 'yes');
  await page.keyboard.press('Escape');
  await expect(certificate).toHaveCount(0);
  await expect(page.getByTestId('coverage-drawer')).toBeVisible();
});

test('whoever has compared the clock vouches for it, and is told that it holds', async ({
  page,
  line,
}) => {
  // Where the system itself vouches for it there is nothing to confirm.
  test.skip((await line.station.snapshot()).station.clockSynced === true);
  await page.getByTestId('clock-note').click();
  await page.getByTestId('clock-confirm').click();
  await expect(page.getByText('Confirmed. The times hold from now on.')).toBeVisible();
  await expect(page.getByTestId('error-note')).toHaveCount(0);
});

test('moments of starting are one line until somebody asks for them', async ({ page, line }) => {
  await addShortProfile(line, { segmentS: 1 });
  const { name } = await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  const promoted = async () => (await line.recorders.list())[0]?.segmentsPromoted ?? 0;
  const today = new Date().toISOString().slice(0, 10);
  const brief = async () =>
    (await line.coverage.day({ day: today, device: name })).devices[0]!.gaps.filter(
      ({ reason, to, seconds }) => reason === 'restart' && to !== null && seconds < 1,
    ).length;
  for (let turn = 0; turn < 3; turn += 1) {
    const before = await promoted();
    await expect.poll(promoted).toBeGreaterThan(before);
    await line.recorders.stop({ device: name });
    await line.recorders.start({ device: name });
  }
  await expect.poll(brief, { timeout: 15_000 }).toBeGreaterThan(1);

  await page.getByTestId('coverage-strip').click();
  const fold = page.getByTestId('coverage-brief-gaps');
  await expect(fold).toContainText(/[2-9]/);
  const gaps = page.getByTestId('coverage-gap');
  const folded = await gaps.count();
  await fold.click();
  await expect(fold).toHaveCount(0);
  expect(await gaps.count()).toBeGreaterThan(folded + 1);
});
