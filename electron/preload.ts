import { ipcRenderer, webUtils } from 'electron';
import { droppedPaths } from './dropped-files';
import { CONNECT_MESSAGE, DROPPED_MESSAGE, PAGE_ORIGIN, PORT_CHANNEL } from './page-address';

// Hands one MessagePort of the page to the station, and tells the page where the files lie that a person dropped onto
// it. It gives the page nothing else: no function, no object.
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window || event.origin !== PAGE_ORIGIN) return;
  const { data } = event;
  if (typeof data !== 'object' || data === null || !('type' in data)) return;
  if (data.type !== CONNECT_MESSAGE) return;
  const [port] = event.ports;
  if (port === undefined || event.ports.length !== 1) return;
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port]);
});

// After the page's own listeners: only what an element of the page has taken is told, and only of a real drop.
window.addEventListener('drop', (event) => {
  const files = event.dataTransfer?.files;
  if (!event.isTrusted || !event.defaultPrevented || files === undefined) return;
  if (files.length === 0) return;
  const paths = droppedPaths(files, (file) => webUtils.getPathForFile(file));
  window.postMessage({ type: DROPPED_MESSAGE, paths }, PAGE_ORIGIN);
});
