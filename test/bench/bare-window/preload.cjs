// @ts-check
'use strict';
/* eslint-disable @typescript-eslint/no-require-imports -- Electron and Node load it by require */

const { ipcRenderer } = require('electron');

window.addEventListener('message', (event) => {
  const [port] = event.ports;
  if (port !== undefined) ipcRenderer.postMessage('bare:port', null, [port]);
});
