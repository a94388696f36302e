import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { createRouter } from '@main/api/router';
import { ControlSocket } from '@main/api/control-socket';
import { createEventBus, type EventBus } from '@main/events/bus';
import { StationLog } from '@main/logging/station-log';
import { StatusStream } from '@main/monitor/status-stream';
import { systemClock } from '@main/clock/system-clock';
import { recordingLogger } from '../../support/recording-logger';
import { type Connection, overPort, overSocket } from '../../support/rpc-connections';
import { sampleSnapshot } from '../../support/sample-snapshot';
import { temporaryFolder } from '../../support/temporary-folder';

/** The three streams, with everything that could be left behind in view. */
async function setUp() {
  const bus = createEventBus();
  const folder = temporaryFolder();
  const log = new StationLog({ logDir: folder, clock: systemClock });
  const snapshot = () => Promise.resolve(sampleSnapshot());
  const statusStream = new StatusStream({
    clock: systemClock,
    bus,
    logger: recordingLogger(),
    snapshot,
  });
  const router = createRouter({
    ...({} as Parameters<typeof createRouter>[0]),
    snapshot,
    statusStream,
    bus,
    log,
  });
  const socket = new ControlSocket(`${folder}/a.sock`, router);
  await socket.listen();
  onTestFinished(async () => {
    await socket.close();
    await log.close();
  });
  const left = () => ({
    listeners: listeners(bus),
    logReaders: log.watchers,
    statusReaders: statusStream.readers,
  });
  return { bus, log, router, socket, path: `${folder}/a.sock`, left };
}

function listeners(bus: EventBus): number {
  return bus.eventNames().reduce((sum, event) => sum + bus.listenerCount(event), 0);
}

const NOTHING = { listeners: 0, logReaders: 0, statusReaders: 0 };

async function soon(expectation: () => void): Promise<void> {
  await vi.waitFor(expectation, { timeout: 20_000, interval: 10 });
}

const WAYS = {
  port: (parts: Awaited<ReturnType<typeof setUp>>): Connection => overPort(parts),
  socket: (parts: Awaited<ReturnType<typeof setUp>>): Connection => overSocket(parts.path),
};

describe.each(Object.keys(WAYS) as (keyof typeof WAYS)[])('event streams over the %s', (way) => {
  it('tell what happens', async () => {
    const parts = await setUp();
    const { client } = WAYS[way](parts);
    const status = await client.station.watch();
    expect((await status.next()).value).toMatchObject({ station: { name: 'Wald' } });
    const changes = await client.station.changes();
    const change = changes.next();
    const lines = await client.logs.watch({ level: 'warn' });
    const line = lines.next();
    await soon(() => {
      expect(parts.left()).toMatchObject({ logReaders: 1, statusReaders: 1 });
      expect(parts.left().listeners).toBeGreaterThan(0);
    });
    parts.bus.emit('profile.changed', { slug: 'a' });
    expect((await change).value).toEqual({ topic: 'profiles' });
    parts.log.logger('a').info('a.b', 'too quiet');
    parts.log.logger('a').warn('a.b', 'heard');
    expect((await line).value).toMatchObject({ message: 'heard' });
  });

  it('leave nothing behind when their reader goes away without a word', async () => {
    const parts = await setUp();
    const { client, close } = WAYS[way](parts);
    const streams = [
      await client.station.watch(),
      await client.station.changes(),
      await client.logs.watch({}),
      await client.logs.watch({}), // nobody ever reads this one
    ];
    const reading = Promise.allSettled(
      streams.slice(0, 3).map(async (stream) => {
        for await (const _ of stream);
      }),
    );
    await soon(() => {
      expect(parts.left()).toMatchObject({ logReaders: 2, statusReaders: 1 });
      expect(parts.left().listeners).toBeGreaterThan(0);
    });
    await close();
    await reading;
    await soon(() => {
      expect(parts.left()).toEqual(NOTHING);
    });
  });

  it('leave nothing behind when their reader has had enough', async () => {
    const parts = await setUp();
    const { client } = WAYS[way](parts);
    const abort = new AbortController();
    for await (const _ of await client.station.watch()) break;
    const lines = await client.logs.watch({}, { signal: abort.signal });
    const line = lines.next().catch(() => 'aborted');
    await soon(() => {
      expect(parts.left().logReaders).toBe(1);
    });
    abort.abort();
    await line;
    await soon(() => {
      expect(parts.left()).toEqual(NOTHING);
    });
  });
});

it('a reader that hangs does not keep the socket from closing', async () => {
  const parts = await setUp();
  const { client } = overSocket(parts.path);
  const lines = await client.logs.watch({});
  void lines.next().catch(() => undefined);
  await soon(() => {
    expect(parts.left().logReaders).toBe(1);
  });
  await parts.socket.close();
  await soon(() => {
    expect(parts.left()).toEqual(NOTHING);
  });
});
