import { EventEmitter } from 'node:events';
import { createORPCClient } from '@orpc/client';
import { RPCLink } from '@orpc/client/message-port';
import { os, type RouterClient } from '@orpc/server';
import { RPCHandler } from '@orpc/server/message-port';
import { describe, expect, it, vi } from 'vitest';
import { PagePorts, servedPort, type RawPort } from '../../../electron/page-ports';
import { soon } from '../../support/soon';

class FakePort extends EventEmitter implements RawPort {
  readonly sent: unknown[] = [];
  started = false;
  closed = false;
  postMessage(message: unknown): void {
    if (this.closed) throw new Error('the port is closed');
    this.sent.push(message);
  }
  start(): void {
    this.started = true;
  }
  close(): void {
    this.closed = true;
  }
}

const page = (): object => ({});

describe('a served port', () => {
  it('passes messages both ways', () => {
    const raw = new FakePort();
    const port = servedPort(raw);
    const heard = vi.fn();
    port.on('message', heard);
    port.start();
    raw.emit('message', { data: 'hello' });
    port.postMessage('back');
    expect(heard).toHaveBeenCalledWith({ data: 'hello' });
    expect(raw.sent).toEqual(['back']);
    expect(raw.started).toBe(true);
  });

  it('says once that it ended, whichever side ended it', () => {
    for (const end of ['page', 'station', 'both'] as const) {
      const raw = new FakePort();
      const port = servedPort(raw);
      const ended = vi.fn();
      port.on('close', ended);
      if (end !== 'page') port.close();
      if (end !== 'station') raw.emit('close');
      expect(ended).toHaveBeenCalledTimes(1);
    }
  });

  it('drops an answer that comes too late', () => {
    const raw = new FakePort();
    const port = servedPort(raw);
    port.close();
    expect(() => {
      port.postMessage('late');
    }).not.toThrow();
  });
});

describe('the ports of pages', () => {
  it('are one for each page: a new one ends the old', () => {
    const ports = new PagePorts();
    const one = page();
    const first = new FakePort();
    const second = new FakePort();
    ports.connect(one, servedPort(first));
    ports.connect(one, servedPort(second));
    expect([first.closed, second.closed, ports.size]).toEqual([true, false, 1]);
  });

  it('are forgotten when the page lets go, and not by the late end of an older one', () => {
    const ports = new PagePorts();
    const one = page();
    const first = new FakePort();
    const second = new FakePort();
    ports.connect(one, servedPort(first));
    ports.connect(one, servedPort(second));
    first.emit('close');
    expect(ports.size).toBe(1);
    second.emit('close');
    expect(ports.size).toBe(0);
  });

  it('end together when the console stops', () => {
    const ports = new PagePorts();
    const raws = [new FakePort(), new FakePort()];
    for (const raw of raws) ports.connect(page(), servedPort(raw));
    ports.disconnectAll();
    expect(raws.map((raw) => raw.closed)).toEqual([true, true]);
    expect(ports.size).toBe(0);
    const late = new FakePort();
    expect(ports.connect(page(), servedPort(late))).toBe(false);
    expect([late.closed, ports.size]).toEqual([true, 0]);
  });
});

describe('a stream that a page watches', () => {
  function connect() {
    let watching = 0;
    const router = {
      watch: os.handler(async function* ({ signal }) {
        watching += 1;
        try {
          for (let count = 0; signal?.aborted !== true; count += 1) {
            yield count;
            await new Promise((done) => setTimeout(done, 5));
          }
        } finally {
          watching -= 1;
        }
      }),
    };
    const station = new FakePort();
    const browser = new FakePort();
    // As the two ends of a channel: what one side posts, the other hears.
    const joined = (from: FakePort, to: FakePort): void => {
      from.postMessage = (data) => {
        queueMicrotask(() => to.emit('message', { data }));
      };
    };
    joined(station, browser);
    joined(browser, station);
    const ports = new PagePorts();
    const one = page();
    const port = servedPort(station);
    ports.connect(one, port);
    new RPCHandler(router).upgrade(port, { context: {} });
    const client: RouterClient<typeof router> = createORPCClient(new RPCLink({ port: browser }));
    return { client, ports, one, station, watchers: () => watching };
  }

  it.each(['the page leaves', 'the station lets go', 'the page connects anew'])(
    'ends when %s',
    async (how) => {
      const { client, ports, one, station, watchers } = connect();
      const stream = await client.watch();
      expect((await stream.next()).value).toBe(0);
      expect(watchers()).toBe(1);
      if (how === 'the page leaves') station.emit('close');
      else if (how === 'the station lets go') ports.disconnectAll();
      else ports.connect(one, servedPort(new FakePort()));
      await soon(() => {
        expect(watchers()).toBe(0);
      });
    },
  );
});
