import { describe, expect, it } from 'vitest';
import { LivePorts } from '@main/live/live-ports';
import { takenPort } from '../../support/live-sender';

const NONE = (): ReadonlySet<number> => new Set();

describe('the port of a live stream', () => {
  it('is one that the kernel gives to nobody by itself', async () => {
    const port = await new LivePorts(NONE).freeUdpPort();
    expect(port).toBeGreaterThan(60_999);
    expect(port).toBeLessThan(65_536);
  });

  it('is one that nobody has bound', async () => {
    const { port } = await takenPort();
    const ports = new LivePorts(NONE, { first: port, last: port + 1 });
    expect([await ports.freeUdpPort(), await ports.freeUdpPort()]).toEqual([port + 1, port + 1]);
  });

  it('is one that no other run sends to, though nobody listens there', async () => {
    const ports = new LivePorts(() => new Set([61_001]), { first: 61_001, last: 61_002 });
    expect(await ports.freeUdpPort()).toBe(61_002);
  });

  it('is another one for each of several runs that start together', async () => {
    const ports = new LivePorts(NONE);
    const chosen = await Promise.all(Array.from({ length: 20 }, () => ports.freeUdpPort()));
    expect(new Set(chosen).size).toBe(20);
  });

  it('is chosen even where none is free, so that no capture waits', async () => {
    const { port } = await takenPort();
    const ports = new LivePorts(NONE, { first: port, last: port });
    expect(await ports.freeUdpPort()).toBe(port);
  });
});
