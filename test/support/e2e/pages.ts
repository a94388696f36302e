import type { Page } from '@playwright/test';
import { expect } from '@playwright/test';

/** Every page of the console, by its address within the page. */
export const PAGES = [
  '/',
  '/recorders',
  '/recordings',
  '/storage',
  '/cloud',
  '/logs',
  '/settings/general',
  '/settings/storage',
  '/settings/cloud',
  '/settings/library',
  '/settings/display',
  '/settings/updates',
  '/settings/credentials',
  '/settings/about',
] as const;

/** Goes there as a link does, without loading the page anew, and waits until its content has come. */
export async function visit(page: Page, path: string): Promise<void> {
  await page.evaluate((hash) => {
    window.location.hash = hash;
  }, `#${path}`);
  await expect(page.locator('main')).toBeVisible();
  await expect(page.getByTestId('skeleton')).toHaveCount(0);
}
