import { expect, test } from '../support/e2e/console-test';
import { recState } from '../support/e2e/rec-state';

test('a page that crashes comes back connected, each time a little later', async ({
  station,
  line,
}) => {
  for (const attempt of [1, 2]) {
    await station.app.evaluate(({ BrowserWindow }) => {
      BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer();
    });
    await expect
      .poll(async () => (await line.logs.tail({ search: 'page.reloaded' })).length)
      .toBe(attempt);
    await expect.poll(() => recState(station.app)).toBe('0');
  }
  const reloads = await line.logs.tail({ search: 'page.reloaded' });
  expect(reloads.map((record) => record.fields['delayMs'])).toEqual([500, 1000]);
  expect((await line.logs.tail({ search: 'page.crashed' })).length).toBe(2);
});

test('a page that hangs is ended and comes back', async ({ station, line }) => {
  await station.app.evaluate(({ BrowserWindow }) => {
    const { webContents } = BrowserWindow.getAllWindows()[0]!;
    void webContents.executeJavaScript('for (;;);').catch(() => undefined);
    // Chromium says so by itself after half a minute of unanswered input.
    webContents.emit('unresponsive');
  });
  await expect.poll(async () => (await line.logs.tail({ search: 'page.hung' })).length).toBe(1);
  await expect.poll(() => recState(station.app)).toBe('0');
});

test('a page that cannot be loaded is tried again until it can', async ({ station, line }) => {
  await station.app.evaluate(async ({ BrowserWindow, session }) => {
    let failures = 2;
    const { protocol } = session.defaultSession;
    protocol.unhandle('app');
    protocol.handle('app', () => {
      if (failures-- > 0) return Response.error(); // the disk hiccups
      return new Response('<i data-testid="rec-indicator" data-recording="back"></i>', {
        headers: { 'content-type': 'text/html' },
      });
    });
    const { webContents } = BrowserWindow.getAllWindows()[0]!;
    await webContents.loadURL('app://silvasonic/index.html').catch(() => undefined);
  });
  await expect.poll(() => recState(station.app)).toBe('back');
  const reloads = await line.logs.tail({ search: 'page.reloaded' });
  expect(reloads.map((record) => record.fields['delayMs'])).toEqual([500, 1000]);
});

test('a page that is loaded anew lets go of its old connection', async ({
  station,
  page,
  line,
}) => {
  for (let count = 0; count < 3; count += 1) {
    await page.reload();
    await expect(page.getByTestId('rec-indicator')).toHaveAttribute('data-recording', '0');
  }
  const count = async (event: string): Promise<number> =>
    (await line.logs.tail({ search: event })).length;
  await expect.poll(() => count('page.disconnected')).toBe(3);
  expect(await count('page.connected')).toBe(4);
  // The window goes: the last one ends, and with it every stream that it watched.
  await station.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.webContents.forcefullyCrashRenderer();
  });
  await expect.poll(() => count('page.disconnected')).toBe(4);
});
