import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Page } from '@playwright/test';
import { expect, sharedTest as test } from '../support/e2e/console-test';
import { dropFiles } from '../support/e2e/drop-files';

declare global {
  interface Window {
    /** What the preload has told the page, here in a test. */
    told?: unknown[];
  }
}

/** Keeps what the page is told of drops. @param takes what the page does with a drop: whether it takes the files */
async function listen(page: Page, takes: boolean): Promise<void> {
  await page.evaluate((accept) => {
    if (window.told === undefined) {
      window.told = [];
      window.addEventListener('message', (event: MessageEvent<{ type?: unknown }>) => {
        if (event.data.type === 'silvasonic:dropped') window.told?.push(event.data);
      });
    }
    const zone = document.createElement('div');
    zone.style.cssText = 'position:fixed;inset:0;z-index:9999';
    zone.addEventListener('dragover', (event) => {
      event.preventDefault();
    });
    zone.addEventListener('drop', (event) => {
      if (accept) event.preventDefault();
    });
    document.body.append(zone);
  }, takes);
}

const told = (page: Page): Promise<unknown[] | undefined> => page.evaluate(() => window.told);

test.describe('files that are dropped onto the page', () => {
  test.afterEach(async ({ page }) => {
    await page.reload();
  });

  test('are told to it by their paths, files and folders', async ({ page, folders }) => {
    const [file, folder] = [join(folders.root, 'Füchse 1.wav'), join(folders.root, 'night')];
    await writeFile(file, 'not really sound');
    await mkdir(folder, { recursive: true });
    await listen(page, true);
    await dropFiles(page, [file, folder]);
    await expect
      .poll(() => told(page))
      .toEqual([{ type: 'silvasonic:dropped', paths: [file, folder] }]);
  });

  test('are not told where no element of it has taken them, and lead it nowhere', async ({
    page,
    folders,
  }) => {
    const [first, second] = [join(folders.root, 'page.html'), join(folders.root, 'a.wav')];
    await writeFile(first, '<title>elsewhere</title>');
    await writeFile(second, 'sound');
    const address = page.url();
    await listen(page, false);
    await dropFiles(page, [first]);
    await listen(page, true);
    await dropFiles(page, [second]);
    // The second is told, so the first would have been before it.
    await expect.poll(() => told(page)).toEqual([{ type: 'silvasonic:dropped', paths: [second] }]);
    expect(page.url()).toBe(address);
  });

  test('are not made up by a script', async ({ page, folders }) => {
    const file = join(folders.root, 'real.wav');
    await writeFile(file, 'sound');
    await listen(page, true);
    await page.evaluate(() => {
      const transfer = new DataTransfer();
      transfer.items.add(new File(['x'], '/etc/passwd'));
      const event = new DragEvent('drop', {
        bubbles: true,
        cancelable: true,
        dataTransfer: transfer,
      });
      document.body.lastElementChild?.dispatchEvent(event);
    });
    await dropFiles(page, [file]);
    await expect.poll(() => told(page)).toEqual([{ type: 'silvasonic:dropped', paths: [file] }]);
  });
});
