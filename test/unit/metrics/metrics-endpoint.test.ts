import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { settingsSchema } from '@shared/model/settings';
import { createEventBus } from '@main/events/bus';
import { counter } from '@main/metrics/family';
import { MetricsEndpoint } from '@main/metrics/metrics-endpoint';
import { type Collector, StationMetrics } from '@main/metrics/station-metrics';
import { FakeClock } from '../../support/fake-clock';
import { parseScrape } from '../../support/prometheus-text';
import { recordingLogger } from '../../support/recording-logger';
import { soon } from '../../support/soon';

function endpointWith(
  collectors: readonly Collector[] = [],
  first: { metrics_enabled?: boolean; metrics_port?: number } = {},
) {
  const clock = new FakeClock();
  const bus = createEventBus();
  const logger = recordingLogger();
  let monitoring = { metrics_enabled: true, metrics_port: 0, ...first };
  const endpoint = new MetricsEndpoint({
    clock,
    bus,
    logger,
    settings: () => monitoring,
    metrics: new StationMetrics({ collectors, clock, logger }),
  });
  onTestFinished(() => endpoint.stop());
  return {
    clock,
    logger,
    endpoint,
    set: (changes: typeof first) => {
      monitoring = { ...monitoring, ...changes };
      bus.emit('settings.changed', { keys: ['monitoring.metrics_enabled'] });
    },
    opened: async () => {
      await endpoint.start();
      return soon(() => {
        expect(endpoint.port).not.toBeNull();
        return `http://127.0.0.1:${String(endpoint.port)}`;
      });
    },
  };
}

async function takenPort(): Promise<{ port: number; server: Server }> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.close();
  });
  return { port: (server.address() as AddressInfo).port, server };
}

describe('the endpoint for Prometheus', () => {
  it('is off until somebody switches it on', async () => {
    expect(settingsSchema.parse({}).monitoring.metrics_enabled).toBe(false);
    const { endpoint, clock } = endpointWith([], { metrics_enabled: false });
    await endpoint.start();
    await soon(() => {
      expect(clock.sleeping).toBe(1);
    });
    expect(endpoint.port).toBeNull();
    expect(endpoint.status().state).toBe('ok');
  });

  it('follows its settings at once, and lets go of its port', async () => {
    const { endpoint, set, opened } = endpointWith();
    const address = await opened();
    expect((await fetch(`${address}/metrics`)).status).toBe(200);
    set({ metrics_enabled: false });
    await soon(() => {
      expect(endpoint.port).toBeNull();
    });
    await expect(fetch(`${address}/metrics`)).rejects.toThrow();
    set({ metrics_enabled: true });
    await soon(() => {
      expect(endpoint.port).not.toBeNull();
    });
    await endpoint.stop();
    expect(endpoint.port).toBeNull();
    expect(endpoint.status().state).toBe('stopped');
  });

  it('listens on the loopback address alone', async () => {
    const { opened } = endpointWith();
    expect(new URL(await opened()).hostname).toBe('127.0.0.1');
    // All of 127.0.0.0/8 is this computer's: it would answer here if it listened on every address.
    const port = new URL(await opened()).port;
    await expect(fetch(`http://127.0.0.2:${port}/metrics`)).rejects.toThrow();
  });

  it('tells nothing to a page of the web that has its own name lead here', async () => {
    const { opened } = endpointWith([
      { name: 'secret', collect: () => [counter('x_total', 'Help.', 1)] },
    ]);
    const port = Number(new URL(await opened()).port);
    const { request } = await import('node:http');
    const status = await new Promise((resolve, reject) => {
      request({ port, host: '127.0.0.1', path: '/metrics', headers: { host: 'evil.example' } })
        .on('response', (response) => {
          response.resume();
          resolve(response.statusCode);
        })
        .on('error', reject)
        .end();
    });
    expect(status).toBe(403);
  });

  it.each([
    ['GET', '/', 404],
    ['GET', '/metrics/../../etc/passwd', 404],
    ['GET', '/metrics?x=1', 200],
    ['HEAD', '/metrics', 200],
    ['POST', '/metrics', 405],
    ['DELETE', '/metrics', 405],
  ])('answers %s %s with %i', async (method, path, status) => {
    const { opened } = endpointWith();
    const response = await fetch(`${await opened()}${path}`, { method });
    expect(response.status).toBe(status);
    await response.text();
  });

  it('says that its port is taken, and takes it when it is free', async () => {
    const { port, server } = await takenPort();
    const { endpoint, clock, logger } = endpointWith([], { metrics_port: port });
    await endpoint.start();
    await soon(() => {
      expect(endpoint.status()).toMatchObject({ state: 'degraded' });
    });
    expect(endpoint.status().details).toMatch(/EADDRINUSE/);
    await clock.advance(30_000);
    expect(logger.events().filter((event) => event === 'metrics.closed')).toHaveLength(1);
    await new Promise((resolve) => server.close(resolve));
    await clock.advance(30_000);
    await soon(() => {
      expect(endpoint.port).toBe(port);
    });
    expect(endpoint.status().state).toBe('ok');
  });

  it('tells the rest when a part cannot be told, and warns of that once', async () => {
    let asked = 0;
    const { opened, clock, logger } = endpointWith([
      {
        name: 'broken',
        collect: () => {
          throw new Error('the disk is gone');
        },
      },
      { name: 'well', collect: () => [counter('well_total', 'Help.', ++asked)] },
    ]);
    const address = await opened();
    const scrape = async () => parseScrape(await (await fetch(`${address}/metrics`)).text());
    expect((await scrape()).value('well_total')).toBe(1);
    await clock.advance(1_000);
    const second = await scrape();
    expect(second.value('well_total')).toBe(2);
    expect(second.value('silvasonic_collector_success', { collector: 'broken' })).toBe(0);
    expect(second.value('silvasonic_collector_success', { collector: 'well' })).toBe(1);
    expect(logger.events().filter((event) => event === 'metrics.incomplete')).toHaveLength(1);
  });

  it('collects once for all who ask within a second', async () => {
    let asked = 0;
    const { opened } = endpointWith([
      { name: 'one', collect: () => [counter('x_total', 'Help.', ++asked)] },
    ]);
    const address = await opened();
    const all = await Promise.all(Array.from({ length: 10 }, () => fetch(`${address}/metrics`)));
    for (const response of all) expect(await response.text()).toContain('x_total 1\n');
    expect(asked).toBe(1);
  });

  it('tells of the process: memory, and the delay of the main loop', async () => {
    const { opened } = endpointWith();
    const response = await fetch(`${await opened()}/metrics`);
    expect(response.headers.get('content-type')).toMatch(/^text\/plain; version=0\.0\.4/);
    const scrape = parseScrape(await response.text());
    expect(scrape.value('process_resident_memory_bytes')).toBeGreaterThan(1e6);
    expect(scrape.value('nodejs_eventloop_lag_p99_seconds')).toBeGreaterThan(0);
  });
});
