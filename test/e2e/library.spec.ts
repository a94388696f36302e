import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, test } from '../support/e2e/console-test';
import { dropFiles } from '../support/e2e/drop-files';
import { visit } from '../support/e2e/pages';
import { resize } from '../support/e2e/window-size';
import { dataChunk, formatChunk, wavBytes } from '../support/wav-bytes';

const RATE_HZ = 192_000;
const SECONDS = 3;

/** A tone of so many Hz, 16 bit, mono. */
function tone(hz: number): Buffer {
  const samples = Buffer.alloc(RATE_HZ * SECONDS * 2);
  for (let frame = 0; frame < RATE_HZ * SECONDS; frame += 1)
    samples.writeInt16LE(
      Math.round(9000 * Math.sin((2 * Math.PI * hz * frame) / RATE_HZ)),
      frame * 2,
    );
  return wavBytes([formatChunk({ rate: RATE_HZ }), dataChunk(samples)]);
}

/** A card as a field recorder leaves it: three sounds, one of them twice, and something that is none. */
async function makeCard(folder: string): Promise<void> {
  await mkdir(join(folder, 'DCIM'), { recursive: true });
  await writeFile(join(folder, '20260612_213000.WAV'), tone(40_000));
  await writeFile(join(folder, '20260612_214000.WAV'), tone(3_000));
  await writeFile(join(folder, 'DCIM', '20260613_021500.WAV'), tone(12_000));
  await writeFile(join(folder, 'DCIM', 'copy.wav'), tone(3_000));
  await writeFile(join(folder, 'notes.wav'), 'This is called .wav and is text.');
}

const row = (page: Page, id: number) =>
  page.locator(`[data-testid="recording-row"][data-id="${String(id)}"]`);
const marksOf = (page: Page, id: number) => row(page, id).locator('input').locator('..');
const typePath = async (page: Page, path: string): Promise<void> => {
  await page.getByTestId('path-typed').fill(path);
  await page.getByTestId('path-take').click();
};

test('a card is imported, searched, heard, tagged, exported, deleted and brought back', async ({
  page,
  line,
  station,
  folders,
}) => {
  test.slow();
  await resize(station, { width: 1280, height: 800 });
  const card = join(folders.root, 'card');
  await makeCard(card);
  // What the desktop's dialog would answer.
  await station.app.evaluate(({ dialog }, path) => {
    dialog.showOpenDialog = () => Promise.resolve({ canceled: false, filePaths: [path] });
  }, card);

  await visit(page, '/recordings');
  await page.getByTestId('import-open').click();
  await page.getByTestId('import-folder').click();
  await expect(page.getByTestId('import-paths')).toContainText(card);
  await page.getByTestId('import-start').click();
  const run = page.getByTestId('import-run');
  await expect(run).toHaveAttribute('data-state', 'done', { timeout: 20_000 });
  await expect(page.getByTestId('import-count-imported')).toContainText('3');
  await expect(page.getByTestId('import-count-duplicate')).toContainText('1');
  await page.getByTestId('import-count-refused').click();
  await expect(page.getByTestId('import-item')).toHaveCount(1);
  await expect(page.getByTestId('import-item')).toContainText('notes.wav');
  await page.keyboard.press('Escape');
  await expect(run).toHaveCount(0);

  const rows = page.getByTestId('recording-row');
  await expect(rows).toHaveCount(3);
  const imported = (await line.recordings.list({})).items;
  const bat = imported.find(({ originalName }) => originalName === '20260612_213000.WAV')!;
  expect(bat.timeSource).toBe('file_name');

  const search = page.getByTestId('recordings-search');
  await search.fill('213000');
  await expect(rows).toHaveCount(1);
  await row(page, bat.id).click();

  const panel = page.getByTestId('recording-panel');
  await expect(panel).toHaveAttribute('data-id', String(bat.id));
  for (const part of ['waveform', 'spectrogram'] as const)
    await expect(panel.getByTestId(part)).toHaveAttribute('data-state', 'ready', {
      timeout: 20_000,
    });
  const picture = panel.getByTestId('spectrogram').locator('img');
  await expect
    .poll(() => picture.evaluate((image: HTMLImageElement) => image.naturalWidth))
    .toBeGreaterThan(100);
  const player = panel.getByTestId('player');
  const duration = () => player.evaluate((audio: HTMLAudioElement) => audio.duration);
  await expect(player).toHaveAttribute('data-state', 'ready');
  expect(await duration()).toBeCloseTo(SECONDS, 1);
  await panel.getByTestId('slowdown').locator('label[for$="-10"]').click();
  await expect(player).toHaveAttribute('data-slowdown', '10');
  await expect(player).toHaveAttribute('data-state', 'ready');
  expect(await duration()).toBeCloseTo(SECONDS * 10, 0);
  await panel.getByTestId('gain').fill('12');
  await panel.getByTestId('play').click();
  await expect
    .poll(() => player.evaluate((audio: HTMLAudioElement) => audio.currentTime))
    .toBeGreaterThan(0.3);
  await panel.getByTestId('play').click();
  const seek = panel.getByTestId('seek');
  await seek.press('End');
  await expect(panel.getByTestId('position')).toHaveText(`${SECONDS}.0`);
  await seek.press('Home');
  await expect(seek).toHaveAttribute('aria-valuenow', '0.00');

  await panel.getByTestId('tag-input').fill('bat');
  await panel.getByTestId('tag-input').press('Enter');
  await expect(panel.getByTestId('tag-chip')).toHaveText('bat');
  await panel.getByTestId('text-title').fill('Zwergfledermaus am Teich');
  await expect(panel.getByTestId('texts-state')).toHaveAttribute('data-state', 'success');
  expect(await line.recordings.get({ id: bat.id })).toMatchObject({
    tags: ['bat'],
    title: 'Zwergfledermaus am Teich',
  });
  await search.fill('teich zwerg');
  await expect(page.getByTestId('filter-chips')).toContainText('teich zwerg');
  await expect(rows).toHaveCount(1);

  await marksOf(page, bat.id).click();
  await page.getByTestId('export').click();
  const target = join(folders.root, 'out');
  await mkdir(target);
  await typePath(page, target);
  await page.getByTestId('export-start').click();
  await expect(page.getByTestId('export-run')).toHaveAttribute('data-state', 'done', {
    timeout: 20_000,
  });
  await page.getByTestId('export-close').click();
  const files = (await readdir(target, { recursive: true })).filter((name) => /\.wav$/i.test(name));
  expect(files).toHaveLength(1);
  const copy = await readFile(join(target, files[0]!));
  const { raw } = await line.recordings.get({ id: bat.id });
  expect(copy.length).toBe(raw!.sizeBytes);
  expect(createHash('sha256').update(copy).digest('hex')).toBe(
    createHash('sha256')
      .update(await readFile(join(folders.dataDir, raw!.path)))
      .digest('hex'),
  );

  // The export has left the mark where it was.
  await search.fill('');
  await search.press('Enter');
  await expect(rows).toHaveCount(3);
  await marksOf(page, bat.id).click();
  await page.getByTestId('discard').click();
  await expect(row(page, bat.id)).toHaveCount(0);
  await expect(rows).toHaveCount(2);
  expect((await line.recordings.get({ id: bat.id })).deletedAt).not.toBeNull();
  await page.getByTestId('undo').click();
  await expect(row(page, bat.id)).toHaveCount(1);
  expect((await line.recordings.get({ id: bat.id })).deletedAt).toBeNull();

  await marksOf(page, bat.id).click();
  await page.getByTestId('discard').click();
  await expect(rows).toHaveCount(2);
  await page.getByTestId('bin-toggle').click();
  await expect(rows).toHaveCount(1);
  expect(existsSync(join(folders.dataDir, raw!.path))).toBe(true);
  await marksOf(page, bat.id).click();
  await page.getByTestId('purge').click();
  await expect(page.getByTestId('purge-not-uploaded')).toBeVisible();
  await page.getByTestId('purge-reason').fill('a test of the bin');
  await page.getByTestId('purge-confirm').fill('2');
  await expect(page.getByTestId('purge-accept')).toBeDisabled();
  await page.getByTestId('purge-confirm').fill('1');
  await page.getByTestId('purge-accept').click();
  await expect(page.getByTestId('purged')).toBeVisible();
  await expect.poll(async () => (await line.recordings.count({ bin: true })).total).toBe(0);
  await expect.poll(() => stat(join(folders.dataDir, raw!.path)).catch(() => null)).toBeNull();
  await page.keyboard.press('Escape');
  await expect(page.getByTestId('empty-bin')).toBeVisible();
});

test('what is dropped on the small screen is imported, marked and tagged by keys, and found by its day', async ({
  page,
  line,
  station,
  folders,
}) => {
  test.slow();
  const card = join(folders.root, 'card');
  await makeCard(card);
  await resize(station, { width: 800, height: 480 });
  await visit(page, '/recordings');
  await dropFiles(page, [card]);
  await expect(page.getByTestId('import-paths')).toContainText(card);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-run')).toHaveAttribute('data-state', 'done', {
    timeout: 20_000,
  });
  await page.keyboard.press('Escape');
  const rows = page.getByTestId('recording-row');
  await expect(rows).toHaveCount(3);
  await rows.first().focus();
  await page.keyboard.press('Space');
  await page.keyboard.press('Shift+ArrowDown');
  await expect(page.getByTestId('marked-count')).toContainText('2');
  await page.keyboard.press('Control+a');
  await expect(page.getByTestId('marked-count')).toContainText('3');
  await page.getByTestId('tag').click();
  await page.getByTestId('tag-dialog').getByTestId('tag-input').fill('card 7');
  await page.getByTestId('tag-dialog').getByTestId('tag-input').press('Enter');
  await page.getByTestId('tag-save').click();
  await expect
    .poll(async () =>
      (await line.recordings.tags()).map(({ name, recordings }) => [name, recordings]),
    )
    .toEqual([['card 7', 3]]);

  await page.getByTestId('days-toggle').click();
  await page.getByTestId('day-navigator').waitFor();
  const months = (now: Date): number => (now.getUTCFullYear() - 2026) * 12 + now.getUTCMonth() - 5;
  for (let left = months(new Date()); left > 0; left -= 1)
    await page.getByTestId('month-before').click();
  for (let left = months(new Date()); left < 0; left += 1)
    await page.getByTestId('month-after').click();
  const day = page.locator('[data-testid="day-cell"][data-day="2026-06-12"]');
  await expect(day).toHaveAccessibleName(/2 recordings/);
  await day.click();
  await page.getByTestId('filters-done').click();
  await expect(rows).toHaveCount(2);
  await expect(page.getByTestId('filter-chips')).toContainText('12/06/2026');
});
