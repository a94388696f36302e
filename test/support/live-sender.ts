import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { onTestFinished } from 'vitest';

/** Sends datagrams over the loopback from an address of its choice, as a capture does. */
export async function liveSenderFrom(
  address: string,
): Promise<(port: number, content: Uint8Array) => Promise<void>> {
  const socket = createSocket('udp4');
  onTestFinished(() => {
    socket.close();
  });
  socket.bind({ port: 0, address });
  await once(socket, 'listening');
  return (port, content) =>
    new Promise((resolve, reject) => {
      socket.send(content, port, '127.0.0.1', (error) => {
        if (error === null) resolve();
        else reject(error);
      });
    });
}

/** Takes a UDP port on the loopback until it is told to let go. */
export async function takenPort(port = 0): Promise<{ port: number; release: () => Promise<void> }> {
  const socket = createSocket('udp4');
  let open = true;
  const release = async (): Promise<void> => {
    if (!open) return;
    open = false;
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  };
  onTestFinished(release);
  socket.bind({ port, address: '127.0.0.1', exclusive: true });
  await once(socket, 'listening');
  return { port: socket.address().port, release };
}
