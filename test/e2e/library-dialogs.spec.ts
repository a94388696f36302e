import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ElectronApplication, Page } from '@playwright/test';
import { expect, test } from '../support/e2e/console-test';
import { visit } from '../support/e2e/pages';
import { resize } from '../support/e2e/window-size';
import { plainWav } from '../support/wav-bytes';

/** What was asked of the desktop's dialog, in the main process of the console. */
interface Asked {
  readonly properties: readonly string[];
}

/** Answers the desktop's dialog in its place, once and for all that follow; what was asked is kept beside it. */
async function answer(app: ElectronApplication, path: string | null): Promise<void> {
  await app.evaluate(({ dialog }, chosen) => {
    const kept = globalThis as { askedOfDialog?: unknown[] };
    dialog.showOpenDialog = (...given: unknown[]) => {
      (kept.askedOfDialog ??= []).push(given.at(-1));
      return Promise.resolve(
        chosen === null
          ? { canceled: true, filePaths: [] }
          : { canceled: false, filePaths: [chosen] },
      );
    };
  }, path);
}

const asked = (app: ElectronApplication): Promise<Asked[]> =>
  app.evaluate(() => (globalThis as { askedOfDialog?: Asked[] }).askedOfDialog ?? []);

const rows = (page: Page) => page.getByTestId('recording-row');

test('the desktop’s dialogs choose what is imported and where to export; cancelled, they change nothing', async ({
  page,
  line,
  station,
  folders,
}) => {
  await resize(station, { width: 1280, height: 800 });
  const card = join(folders.root, 'card');
  const target = join(folders.root, 'target');
  await mkdir(card);
  await mkdir(target);
  await writeFile(join(card, '20260612_213000.WAV'), plainWav(4800));
  await visit(page, '/recordings');

  await page.getByTestId('import-open').click();
  await answer(station.app, null);
  await page.getByTestId('import-folder').click();
  await expect.poll(() => asked(station.app)).toHaveLength(1);
  await expect(page.getByTestId('import-folder')).toBeEnabled();
  await expect(page.getByTestId('import-paths')).toHaveCount(0);
  await expect(page.getByTestId('import-start')).toBeDisabled();
  await expect(page.getByTestId('error-note')).toHaveCount(0);
  expect(await line.imports.list()).toEqual([]);

  await answer(station.app, card);
  await page.getByTestId('import-folder').click();
  await expect(page.getByTestId('import-paths')).toContainText(card);
  // What was chosen stays when somebody looks again and cancels.
  await answer(station.app, null);
  await page.getByTestId('import-folder').click();
  await expect.poll(() => asked(station.app)).toHaveLength(3);
  await expect(page.getByTestId('import-paths')).toContainText(card);
  await page.getByTestId('import-start').click();
  await expect(page.getByTestId('import-run')).toHaveAttribute('data-state', 'done', {
    timeout: 20_000,
  });
  await page.keyboard.press('Escape');
  await expect(rows(page)).toHaveCount(1);

  await rows(page).first().locator('input').locator('..').click();
  await page.getByTestId('export').click();
  await page.getByTestId('export-folder').click();
  await expect.poll(() => asked(station.app)).toHaveLength(4);
  await expect(page.getByTestId('export-folder')).toBeEnabled();
  await expect(page.getByTestId('export-start')).toBeDisabled();
  await expect(page.getByTestId('error-note')).toHaveCount(0);
  expect(await line.exports.list()).toEqual([]);
  expect(await readdir(target)).toEqual([]);

  await answer(station.app, target);
  await page.getByTestId('export-folder').click();
  await expect(page.getByTestId('export-folder-chosen')).toContainText(target);
  await page.getByTestId('export-start').click();
  await expect(page.getByTestId('export-run')).toHaveAttribute('data-state', 'done', {
    timeout: 20_000,
  });
  const written = await readdir(target, { recursive: true });
  expect(written.filter((name) => /\.wav$/i.test(name))).toHaveLength(1);

  const questions = await asked(station.app);
  // An import takes many folders; an export one, and a new one can be made.
  expect(questions[0]?.properties).toContain('multiSelections');
  expect(questions.at(-1)?.properties).toContain('createDirectory');
  expect(questions.every(({ properties }) => properties.includes('openDirectory'))).toBe(true);
});
