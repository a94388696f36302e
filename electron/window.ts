import { BrowserWindow, screen } from 'electron';
import type { Logger } from '@main/logging/logger';
import { PAGE_ADDRESS } from './page-address';
import { keepPageAlive } from './window-recovery';

export interface WindowOptions {
  readonly kiosk: boolean;
  readonly dark: boolean;
  readonly title: string;
  readonly preload: string;
  /** Chromium's developer tools, never in a release. */
  readonly devTools: boolean;
  readonly logger: Logger;
}

const DEFAULT_SIZE = { width: 1280, height: 800 };
const SMALLEST_SIZE = { width: 800, height: 480 };
const SHOW_AT_LATEST_MS = 3_000;
/** The page's own backgrounds, so that nothing flashes before it is there. */
const BACKGROUND = { dark: '#11161a', light: '#f4f6f7' };

/** Opens the console's window and loads the page. It shows itself by whichever signal comes first. */
export function openWindow(options: WindowOptions): BrowserWindow {
  const { kiosk, logger } = options;
  const display = screen.getPrimaryDisplay();
  const window = new BrowserWindow({
    show: false,
    useContentSize: true,
    width: Math.min(DEFAULT_SIZE.width, display.workArea.width),
    height: Math.min(DEFAULT_SIZE.height, display.workArea.height),
    minWidth: SMALLEST_SIZE.width,
    minHeight: SMALLEST_SIZE.height,
    title: options.title,
    backgroundColor: options.dark ? BACKGROUND.dark : BACKGROUND.light,
    autoHideMenuBar: true,
    // A kiosk often has no window manager that could take it full screen: it takes the screen itself.
    ...(kiosk ? { kiosk: true, fullscreen: true, frame: false, ...display.bounds } : {}),
    webPreferences: {
      preload: options.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: options.devTools,
    },
  });
  window.removeMenu();

  const openedAt = performance.now();
  const show = (signal: string): void => {
    if (window.isDestroyed() || window.isVisible()) return;
    clearTimeout(timer);
    window.show();
    logger.info('window.shown', 'The window is on the screen.', {
      signal,
      afterMs: Math.round(performance.now() - openedAt),
    });
  };
  const timer = setTimeout(() => {
    show('timer');
  }, SHOW_AT_LATEST_MS);
  window.once('ready-to-show', () => {
    show('ready-to-show');
  });
  window.webContents.once('did-finish-load', () => {
    show('did-finish-load');
  });
  window.once('closed', () => {
    clearTimeout(timer);
  });

  const load = (): void => {
    // A failed load is reported by its event, with the reason; the promise would say it a second time.
    window.loadURL(PAGE_ADDRESS).catch(() => undefined);
  };
  keepPageAlive(window, load, logger);
  load();
  return window;
}

/** Brings the window to the person who started the console a second time. */
export function bringToFront(window: BrowserWindow): void {
  if (window.isMinimized()) window.restore();
  window.show();
  window.focus();
}
