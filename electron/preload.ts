import { ipcRenderer } from 'electron';
import { CONNECT_MESSAGE, PAGE_ORIGIN, PORT_CHANNEL } from './page-address';

// Hands one MessagePort of the page to the station, and gives the page nothing: no function, no object.
window.addEventListener('message', (event: MessageEvent<unknown>) => {
  if (event.source !== window || event.origin !== PAGE_ORIGIN) return;
  const { data } = event;
  if (typeof data !== 'object' || data === null || !('type' in data)) return;
  if (data.type !== CONNECT_MESSAGE) return;
  const [port] = event.ports;
  if (port === undefined || event.ports.length !== 1) return;
  ipcRenderer.postMessage(PORT_CHANNEL, null, [port]);
});
