import type { BrowserWindow } from 'electron';
import type { Logger } from '@main/logging/logger';
import { ReloadPolicy } from './reload-policy';

const ERR_ABORTED = -3; // a load that another load replaced

/** Brings the page back after a crash, a hang or a failed load, for as long as the window lives. */
export function keepPageAlive(window: BrowserWindow, load: () => void, logger: Logger): void {
  const { webContents } = window;
  const policy = new ReloadPolicy();
  let timer: NodeJS.Timeout | null = null;

  const loadAgain = (): void => {
    if (timer !== null) return;
    const { delayMs, attempt } = policy.failed(performance.now());
    timer = setTimeout(() => {
      timer = null;
      if (window.isDestroyed()) return;
      logger.info('page.reloaded', 'The page is loaded again.', { attempt, delayMs });
      load();
    }, delayMs);
  };

  webContents.on('render-process-gone', (_event, details) => {
    logger.error('page.crashed', 'The page crashed; recording is not affected.', {
      reason: details.reason,
      exitCode: details.exitCode,
    });
    loadAgain();
  });
  webContents.on('unresponsive', () => {
    if (webContents.isDevToolsOpened()) return; // a page held at a breakpoint is not hung
    logger.error('page.hung', 'The page does not answer; it is ended and loaded again.');
    webContents.forcefullyCrashRenderer();
  });
  webContents.on('did-fail-load', (_event, errorCode, errorDescription, _address, isMainFrame) => {
    if (!isMainFrame || errorCode === ERR_ABORTED) return;
    logger.error('page.load_failed', 'The page could not be loaded.', {
      error: errorDescription || String(errorCode),
    });
    loadAgain();
  });
  webContents.on('did-finish-load', () => {
    policy.loaded(performance.now());
  });
  window.on('closed', () => {
    if (timer !== null) clearTimeout(timer);
  });
}
