import type { ElectronApplication } from '@playwright/test';

/**
 * What the header says, asked of the page itself: Playwright gives up a page that has crashed or
 * was kept from leaving. `away`: there is no page to ask.
 */
export function recState(app: ElectronApplication): Promise<string> {
  return app.evaluate(async ({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!;
    if (webContents.isCrashed() || webContents.isLoading()) return 'away';
    const read = webContents.executeJavaScript(
      `document.querySelector('[data-testid="rec-indicator"]')?.dataset.recording ?? 'empty'`,
    ) as Promise<string>;
    const late = new Promise<string>((done) => setTimeout(() => done('away'), 1000));
    return Promise.race([read, late]);
  });
}
