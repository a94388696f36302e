import { ipcMain, type WebContents } from 'electron';
import type { Logger } from '@main/logging/logger';
import { isPageAddress, PORT_CHANNEL } from './page-address';
import { PagePorts, servedPort, type ServedPort } from './page-ports';

/**
 * Takes the message port that our own page hands over, and gives it to the station. Anything else that comes
 * through the channel is refused.
 */
export function acceptPage(
  isOurs: (contents: WebContents) => boolean,
  serve: (port: ServedPort) => void,
  logger: Logger,
): PagePorts {
  const ports = new PagePorts();
  ipcMain.on(PORT_CHANNEL, (event) => {
    const [raw, ...more] = event.ports;
    const frame = event.senderFrame;
    const trusted =
      isOurs(event.sender) && frame !== null && frame.parent === null && isPageAddress(frame.url);
    if (!trusted || raw === undefined || more.length > 0) {
      for (const port of event.ports) port.close();
      logger.warn('page.refused', 'Something that is not the page asked to be connected.');
      return;
    }
    const { sender } = event;
    const port = servedPort(raw);
    if (!ports.connect(sender, port)) return;
    port.on('close', () => {
      logger.info('page.disconnected', 'The page let go of its connection.');
    });
    serve(port);
    port.start();
    logger.info('page.connected', 'The page is connected.');
  });
  return ports;
}

/** A page that crashed or was closed says nothing more: its port ends with it. */
export function disconnectWhenGone(ports: PagePorts, page: WebContents): void {
  page.on('render-process-gone', () => {
    ports.disconnect(page);
  });
  page.once('destroyed', () => {
    ports.disconnect(page);
  });
}
