import { addShortProfile, expect, test } from '../support/e2e/console-test';

test('an alert leads to its cure, and stays in the history once it is over', async ({
  page,
  line,
}) => {
  await addShortProfile(line, { segmentS: 1 });
  const { name } = await line.devices.addSimulated({ profileSlug: 'short', displayName: 'Pond' });
  await line.recorders.setSchedule({
    device: name,
    schedule: {
      kind: 'sun',
      windows: [
        { from: { event: 'dusk', offsetMinutes: -30 }, to: { event: 'dawn', offsetMinutes: 30 } },
      ],
    },
  });
  const alert = page.locator('[role="dialog"] [data-code="schedule.position_missing"]');
  const bell = page.getByTestId('alerts-bell');
  await expect
    .poll(async () => (await line.alerts.history({})).map(({ code }) => code), { timeout: 20_000 })
    .toContain('schedule.position_missing');
  await bell.click();
  await expect(alert).toBeVisible();
  await expect(alert, 'told by the name that people gave it').toContainText('Pond');
  await alert.getByTestId('alert-cure').click();
  await expect(page).toHaveURL(/settings\/general/);

  await line.recorders.setSchedule({ device: name, schedule: { kind: 'always' } });
  await expect
    .poll(
      async () =>
        (await line.alerts.history({})).find(({ code }) => code === 'schedule.position_missing')
          ?.clearedAt,
      { timeout: 20_000 },
    )
    .toBeTruthy();
  await bell.click();
  await expect(alert).toHaveCount(0);
  await page.getByTestId('alerts-choice').locator('label[for$="-history"]').click();
  await expect(alert).toHaveAttribute('data-cleared', '');
});
