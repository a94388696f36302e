import { expect } from '@playwright/test';
import type { ConsoleApp } from './console-app';

/** The two situations of the interface: a touchscreen at the station, a laptop. */
export const SIZES = [
  { width: 800, height: 480 },
  { width: 1280, height: 800 },
] as const;

export async function resize(
  { app, page }: ConsoleApp,
  { width, height }: { readonly width: number; readonly height: number },
): Promise<void> {
  await app.evaluate(
    ({ BrowserWindow }, size) => {
      BrowserWindow.getAllWindows()[0]?.setContentSize(size.width, size.height);
    },
    { width, height },
  );
  await expect
    .poll(() => page.evaluate(() => [window.innerWidth, window.innerHeight]))
    .toEqual([width, height]);
}
