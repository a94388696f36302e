// @ts-check
// The least that an Electron application can be, with the console's window size and page isolation: what every start and
// every megabyte of the console is compared with.
'use strict';
/* eslint-disable @typescript-eslint/no-require-imports -- Electron and Node load it by require */

const { join } = require('node:path');
const { app, BrowserWindow, ipcMain } = require('electron');

ipcMain.on('bare:port', (event) => {
  const [port] = event.ports;
  if (port === undefined) return;
  port.on('message', ({ data }) => {
    port.postMessage(data);
  });
  port.start();
});

app.whenReady().then(() => {
  const window = new BrowserWindow({
    useContentSize: true,
    width: 1280,
    height: 800,
    webPreferences: {
      preload: join(__dirname, 'preload.cjs'),
      sandbox: true,
      contextIsolation: true,
    },
  });
  return window.loadFile(join(__dirname, 'index.html'));
});

app.on('window-all-closed', () => {
  app.quit();
});
