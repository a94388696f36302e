import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { addShortProfile, connected, expect, test } from '../support/e2e/console-test';

/** Chooses an entry of a list by what it says. */
async function choose(page: Page, field: string, text: string): Promise<void> {
  await page.getByTestId(field).click();
  await page.getByRole('option', { name: text }).click();
}

test('from nothing to a recording that plays, and back to silence', async ({
  page,
  line,
  folders,
}) => {
  await addShortProfile(line, { segmentS: 2 });

  await page.getByTestId('nav-recorders').click();
  await expect(page.getByTestId('empty-recorders')).toBeVisible();
  await page.getByTestId('add-simulated').first().click();
  await choose(page, 'add-profile', 'Short segments');
  await page.getByTestId('add-name').fill('Pond');
  const card = page.getByTestId(/^recorder-card-/);
  const state = card.getByTestId('recorder-state');
  await page.getByTestId('add-submit').click();
  const added = Date.now();
  await expect(state).toHaveAttribute('data-verdict', 'recording', { timeout: 2_000 });
  test
    .info()
    .annotations.push({ type: 'RECORDING after', description: `${Date.now() - added} ms` });
  await expect(card).toContainText('Pond');
  await expect(page.getByTestId('rec-indicator')).toHaveAttribute('data-recording', '1');

  await page.getByTestId('nav-recordings').click();
  const rows = page.getByTestId('recording-row');
  await rows.first().waitFor();
  const seen = Date.now();
  const [first] = (await line.recordings.list({ order: 'oldest_first', limit: 1 })).items;
  // ffmpeg's last write to the file is its closing; moving it to its place changes nothing.
  const closed = (await stat(join(folders.dataDir, first!.raw!.path))).mtimeMs;
  test.info().annotations.push({
    type: 'row after the segment closed',
    description: `${Math.round(seen - closed)} ms`,
  });
  expect(seen - closed).toBeLessThan(1_000);

  const row = page.locator(`[data-testid="recording-row"][data-id="${first!.id}"]`);
  await row.click();
  const player = page.getByTestId('player');
  await expect(player).toHaveAttribute('data-state', 'ready');
  for (const stream of ['processed', 'raw'] as const) {
    await page.getByTestId('stream-choice').locator(`label[for$="-${stream}"]`).click();
    await expect(player).toHaveAttribute('data-stream', stream);
    await expect(player).toHaveAttribute('data-state', 'ready');
    const heard = await player.evaluate(async (audio: HTMLAudioElement) => {
      await audio.play();
      const from = audio.currentTime;
      await new Promise((done) => {
        audio.addEventListener('timeupdate', () => {
          if (audio.currentTime > from + 0.5) done(null);
        });
      });
      audio.currentTime = 1.5; // seeking asks for a part of the file
      await new Promise((done) => audio.addEventListener('seeked', done, { once: true }));
      audio.pause();
      return {
        duration: audio.duration,
        at: audio.currentTime,
        error: audio.error?.message ?? null,
      };
    });
    expect(heard.error).toBeNull();
    expect(heard.duration).toBeCloseTo(first!.durationS, 2);
    expect(heard.at).toBeGreaterThanOrEqual(1.5);
  }

  await page.getByTestId('nav-recorders').click();
  await page.getByTestId('recorder-stop').click();
  await expect(state).toHaveAttribute('data-state', 'idle');
  await expect(state).not.toHaveAttribute('data-verdict', 'recording');
  await expect(page.getByTestId('rec-indicator')).toHaveAttribute('data-recording', '0');

  await page.reload();
  await connected(page);
  await expect(state).toHaveAttribute('data-state', 'idle');
  await expect(page.getByTestId('recorder-start')).toBeVisible();
  const { total } = await line.recordings.count({});
  expect(total).toBeGreaterThan(0);
  await page.getByTestId('nav-recordings').click();
  await expect(rows.first()).toBeVisible();

  await page.getByTestId('nav-recorders').click();
  await page.getByTestId('recorder-start').click();
  await expect(state).toHaveAttribute('data-verdict', 'recording');
});

test('ultrasound at 384 kHz plays in both streams', async ({ page, line }) => {
  await addShortProfile(line, { slug: 'bats', rateHz: 384_000, segmentS: 2 });
  await line.devices.addSimulated({ profileSlug: 'bats' });
  await page.getByTestId('nav-recordings').click();
  await page.getByTestId('recording-row').first().click();
  const player = page.getByTestId('player');
  for (const stream of ['processed', 'raw'] as const) {
    await page.getByTestId('stream-choice').locator(`label[for$="-${stream}"]`).click();
    await expect(player).toHaveAttribute('data-stream', stream);
    await expect(player).toHaveAttribute('data-state', 'ready');
    await player.evaluate((audio: HTMLAudioElement) => audio.play());
    await expect
      .poll(() => player.evaluate((audio: HTMLAudioElement) => audio.currentTime))
      .toBeGreaterThan(0.3);
  }
});

test('a recording is sent in the parts that are asked for', async ({ station, line }) => {
  await addShortProfile(line, { rateHz: 384_000, segmentS: 1 });
  await line.devices.addSimulated({ profileSlug: 'short' });
  await expect.poll(async () => (await line.recordings.count({})).total).toBeGreaterThan(0);
  const [recording] = (await line.recordings.list({ order: 'oldest_first', limit: 1 })).items;
  const size = recording!.raw!.sizeBytes;
  const answers = await station.app.evaluate(
    async ({ session }, { id, ranges }) => {
      const ask = async (range: string | null, method = 'GET'): Promise<unknown[]> => {
        const response = await session.defaultSession.fetch(`media://recording/${id}/raw`, {
          method,
          headers: range === null ? {} : { Range: range },
        });
        const body = await response.arrayBuffer();
        return [response.status, body.byteLength, response.headers.get('content-range')];
      };
      return [
        await ask(null),
        await ask(null, 'HEAD'),
        ...(await Promise.all(ranges.map((range) => ask(range)))),
      ];
    },
    { id: recording!.id, ranges: ['bytes=0-', 'bytes=0-43', 'bytes=-100', `bytes=${size}-`] },
  );
  expect(answers).toEqual([
    [200, size, null],
    [200, 0, null],
    [206, size, `bytes 0-${size - 1}/${size}`],
    [206, 44, `bytes 0-43/${size}`],
    [206, 100, `bytes ${size - 100}-${size - 1}/${size}`],
    [416, expect.any(Number), `bytes */${size}`],
  ]);
});

test('waveform and picture of a recording reach the page', async ({ page, line }) => {
  await addShortProfile(line, { rateHz: 384_000, segmentS: 1 });
  await line.devices.addSimulated({ profileSlug: 'short' });
  await expect.poll(async () => (await line.recordings.count({})).total).toBeGreaterThan(0);
  const [recording] = (await line.recordings.list({ order: 'oldest_first', limit: 1 })).items;
  const urls: Record<string, string> = {};
  for (const kind of ['peaks', 'spectrogram'] as const) {
    await expect(async () => {
      const asset = await line.analysis.asset({ recordingId: recording!.id, kind });
      expect(asset.state).toBe('ready');
      urls[kind] = asset.url!;
    }).toPass();
  }
  const seen = await page.evaluate(async ({ peaks, spectrogram }) => {
    const bytes = await (await fetch(peaks!)).arrayBuffer();
    const image = new Image();
    image.src = spectrogram!;
    await image.decode();
    return {
      magic: String.fromCharCode(...new Uint8Array(bytes, 0, 4)),
      size: [image.naturalWidth, image.naturalHeight],
    };
  }, urls);
  expect(seen).toEqual({ magic: 'SVPK', size: [800, 256] });
});
