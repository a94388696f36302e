import { basename, extname, join } from 'node:path';
import { existsSync } from 'node:fs';
import { app, shell, type DownloadItem, type Session, type WebContents } from 'electron';
import type { Logger } from '@main/logging/logger';
import { isAllowedExternal, isPageAddress, PAGE_ORIGIN } from './page-address';

/** Denies a session everything that the page does not need: permissions, devices, foreign downloads. */
export function lockSession(session: Session, logger: Logger, savesWithoutAsking: boolean): void {
  session.setPermissionRequestHandler((_contents, permission, answer) => {
    logger.warn('permission.denied', 'The page asked for a permission and did not get it.', {
      permission,
    });
    answer(false);
  });
  session.setPermissionCheckHandler(() => false);
  session.setDevicePermissionHandler(() => false);
  session.setSpellCheckerEnabled(false);
  // Where nobody listens Electron may choose a device by itself.
  session.on('select-hid-device', (event, _details, choose) => {
    event.preventDefault();
    choose();
  });
  session.on('select-usb-device', (event, _details, choose) => {
    event.preventDefault();
    choose();
  });
  session.on('select-serial-port', (event, _ports, _contents, choose) => {
    event.preventDefault();
    choose('');
  });
  session.on('will-download', (event, item) => {
    if (!isOwnBlob(item.getURL())) {
      event.preventDefault();
      logger.warn('download.denied', 'A download that is not the page’s own was refused.', {
        scheme: item.getURL().split(':', 1)[0],
      });
      return;
    }
    // A kiosk has nobody who could answer a dialog.
    if (savesWithoutAsking) item.setSavePath(freePath(item));
  });
}

/** Keeps every web page of this process where it is: no leaving, no windows, no embedded views. */
export function lockContents(logger: Logger): void {
  app.on('web-contents-created', (_event, contents) => {
    lock(contents, logger);
  });
}

function lock(contents: WebContents, logger: Logger): void {
  const refuse = (event: { preventDefault(): void }, address: string): void => {
    if (isPageAddress(address)) return;
    event.preventDefault();
    logger.warn('navigation.denied', 'The page tried to leave and was kept.', {
      address: shorten(address),
    });
  };
  contents.on('will-navigate', (event) => {
    refuse(event, event.url);
  });
  contents.on('will-redirect', (event) => {
    refuse(event, event.url);
  });
  contents.on('will-frame-navigate', (event) => {
    // The main frame has its own event; the page has no frames of other origins.
    if (!event.isMainFrame) refuse(event, event.url);
  });
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.on('select-bluetooth-device', (event, _devices, answer) => {
    event.preventDefault();
    answer('');
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (isAllowedExternal(url)) void shell.openExternal(url);
    else
      logger.warn('window.denied', 'The page tried to open a window.', { address: shorten(url) });
    return { action: 'deny' };
  });
}

export function isOwnBlob(address: string): boolean {
  return address.startsWith(`blob:${PAGE_ORIGIN}/`);
}

function freePath(item: DownloadItem): string {
  const folder = app.getPath('downloads');
  const name = basename(item.getFilename());
  const extension = extname(name);
  const stem = name.slice(0, name.length - extension.length);
  let path = join(folder, name);
  for (let count = 1; existsSync(path); count += 1) {
    path = join(folder, `${stem}-${String(count)}${extension}`);
  }
  return path;
}

function shorten(address: string): string {
  return address.slice(0, 200);
}
