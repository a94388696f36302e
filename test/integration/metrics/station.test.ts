// What a real station tells Prometheus, and what ships to be used with it.
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { resolve } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { createRouterClient } from '@orpc/server';
import { COUNTER_METRICS } from '@main/metrics/service-families';
import { isBalanced, metricsOf } from '../../support/prometheus-query';
import { parseScrape, type Scrape } from '../../support/prometheus-text';
import { sharedStation } from '../../support/shared-station';
import { soon } from '../../support/soon';

const SECRET = 'hunter2-öffne-dich';
const HOSTILE = 'Nora’s "cloud" \\ } silvasonic_fake 1';

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const { port } = server.address() as AddressInfo;
  await new Promise((done) => server.close(done));
  return port;
}

let port = 0;
const { station } = sharedStation({ simulate: 1, segmentDurationS: 1 }, async (opened) => {
  const client = createRouterClient(opened.router, { context: { actor: 'page' } });
  port = await freePort();
  await opened.start();
  await client.settings.set({ key: 'system.station_name', value: HOSTILE });
  await client.settings.set({ key: 'monitoring.metrics_port', value: port });
  await client.remotes.add({
    draft: {
      name: HOSTILE,
      type: 'webdav',
      options: { url: 'http://127.0.0.1:1/dav', user: 'nora' },
    },
    secrets: { pass: SECRET },
    slug: 'cloud',
  });
  await client.settings.set({ key: 'monitoring.metrics_enabled', value: true });
});

async function scrapeText(): Promise<string> {
  return (await fetch(`http://127.0.0.1:${String(port)}/metrics`)).text();
}

let text = '';
let scrape: Scrape;
beforeAll(async () => {
  await soon(async () => {
    text = await scrapeText();
    scrape = parseScrape(text);
    expect(scrape.value('silvasonic_recorder_captured_seconds_total')).toBeGreaterThan(0);
    expect(scrape.value('silvasonic_indexer_indexed_total')).toBeGreaterThan(0);
    expect(scrape.value('silvasonic_recorder_signal_rms_dbfs')).toBeLessThan(0);
  });
});

describe('a scrape of a station', () => {
  it('tells all parts, and what the station does', () => {
    const failed = scrape.samples.filter(
      ({ name, value }) => name === 'silvasonic_collector_success' && value !== 1,
    );
    expect(failed).toEqual([]);
    const [recorder] = station().recorders.statuses();
    const device = recorder!.device;
    expect(scrape.value('silvasonic_recorder_desired', { device })).toBe(1);
    expect(scrape.value('silvasonic_recorder_sample_rate_hertz', { device })).toBe(
      recorder!.sampleRateHz,
    );
    expect(scrape.value('silvasonic_janitor_mode', { mode: 'quiet' })).toBe(1);
    expect(scrape.value('silvasonic_data_disk_state', { state: 'ok' })).toBe(1);
    expect(scrape.value('silvasonic_data_disk_size_bytes')).toBeGreaterThan(0);
    expect(scrape.value('silvasonic_database_size_bytes')).toBeGreaterThan(0);
    expect(scrape.value('silvasonic_remote_waiting', { remote: 'cloud' })).toBeGreaterThanOrEqual(
      0,
    );
    expect(
      scrape.value('silvasonic_remote_upload_failures_total', { remote: 'cloud', code: 'OFFLINE' }),
    ).toBeGreaterThanOrEqual(0);
    expect(scrape.value('silvasonic_service_state', { service: 'indexer', state: 'ok' })).toBe(1);
  });

  it('keeps names of people in their labels', () => {
    const ofStation = scrape.samples.find(({ name }) => name === 'silvasonic_station_info');
    const ofRemote = scrape.samples.find(({ name }) => name === 'silvasonic_remote_info');
    expect(ofStation?.labels['name']).toBe(HOSTILE);
    expect(ofRemote?.labels['name']).toBe(HOSTILE);
    expect(scrape.types.has('silvasonic_fake')).toBe(false);
  });

  it('tells no secret, no address and no place on disk', () => {
    for (const word of [SECRET, 'nora', '/dav', station().dataDisk.state().detail || '/tmp/']) {
      expect(text).not.toContain(word);
    }
  });

  it('names everything by the rules of Prometheus', () => {
    const ours = [...scrape.types].filter(([name]) => name.startsWith('silvasonic_'));
    expect(ours.length).toBeGreaterThan(80);
    for (const [name, type] of ours) {
      expect(name).toMatch(/^silvasonic_[a-z][a-z0-9]*(?:_[a-z0-9]+)*$/);
      expect(name.endsWith('_total'), name).toBe(type === 'counter');
      expect(name, 'base units').not.toMatch(
        /_(?:ms|millis|minutes|hours|kb|mb|percent|khz)(?:_|$)/,
      );
      expect(scrape.helps.get(name), name).toMatch(/^[A-Z0-9].*\.$/);
    }
    for (const { name, labels, value } of scrape.samples) {
      expect(Number.isNaN(value) && name.startsWith('silvasonic_'), name).toBe(false);
      if (name.endsWith('_ratio')) expect(Math.abs(value), name).toBeLessThanOrEqual(1);
      for (const label of Object.keys(labels)) expect(label).toMatch(/^[a-z][a-z_]*$/);
    }
  });

  it('finds each counter of a service where the service has it', async () => {
    const client = createRouterClient(station().router, { context: { actor: 'page' } });
    const { services } = await client.station.snapshot();
    for (const { service, counter } of COUNTER_METRICS) {
      const found = services.find(({ name }) => name === service);
      expect(Object.keys(found?.counters ?? {}), `${service}.${counter}`).toContain(counter);
    }
  });

  it('lets no counter fall from one scrape to the next', async () => {
    await soon(async () => {
      const later = parseScrape(await scrapeText());
      expect(later.value('silvasonic_recorder_captured_seconds_total')).toBeGreaterThan(
        scrape.value('silvasonic_recorder_captured_seconds_total') ?? 0,
      );
      for (const { name, labels, value } of scrape.samples) {
        if (scrape.types.get(name) !== 'counter' || !name.startsWith('silvasonic_')) continue;
        expect(later.value(name, labels), name).toBeGreaterThanOrEqual(value);
      }
    });
  });
});

interface Panel {
  readonly id: number;
  readonly type: string;
  readonly title: string;
  readonly gridPos: {
    readonly x: number;
    readonly y: number;
    readonly w: number;
    readonly h: number;
  };
  readonly targets?: readonly { readonly expr: string; readonly legendFormat: string }[];
}
interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: { readonly severity: string };
  readonly annotations: Readonly<Record<string, string>>;
}

const dashboard = JSON.parse(
  readFileSync(resolve('resources/grafana/silvasonic-stations.json'), 'utf8'),
) as { panels: Panel[]; templating: { list: { name: string; query: string }[] } };
const { groups } = parse(
  readFileSync(resolve('resources/grafana/silvasonic-alerts.yml'), 'utf8'),
) as { groups: { name: string; rules: Rule[] }[] };
const rules = groups.flatMap((group) => group.rules);

/** Labels that Prometheus gives to what it asks. */
const OF_PROMETHEUS = new Set(['job', 'instance']);

function expectKnown(query: string): void {
  expect(isBalanced(query), query).toBe(true);
  const metrics = metricsOf(query);
  expect(metrics.length, query).toBeGreaterThan(0);
  for (const { name, matchers } of metrics) {
    if (name === 'up') continue;
    expect(scrape.types.has(name), `${name} in ${query}`).toBe(true);
    const series = scrape.samples.filter((sample) => sample.name === name);
    for (const { label, sign, value } of matchers) {
      if (OF_PROMETHEUS.has(label)) continue;
      expect(sign).toBe('=');
      expect(
        series.some(({ labels }) => labels[label] === value),
        `${name}{${label}="${value}"}`,
      ).toBe(true);
    }
  }
}

describe('the dashboard that ships', () => {
  const panels = dashboard.panels.filter(({ type }) => type !== 'row');

  it('asks for metrics and labels that a station has', () => {
    const queries = panels.flatMap(({ targets = [] }) => targets.map(({ expr }) => expr));
    expect(queries.length).toBeGreaterThan(40);
    for (const query of queries) expectKnown(query);
  });

  it('asks for the stations that are chosen, and counters for their rate', () => {
    for (const { expr } of panels.flatMap(({ targets = [] }) => targets)) {
      for (const { name, matchers } of metricsOf(expr)) {
        expect(
          matchers.map(({ label }) => label),
          expr,
        ).toEqual(expect.arrayContaining(['job', 'instance']));
        if (name.endsWith('_total')) {
          expect(expr).toMatch(new RegExp(`(?:rate|increase)\\(${name}\\{[^}]*\\}\\[`));
        }
      }
    }
  });

  it('names in its legends labels that the series have', () => {
    for (const { expr, legendFormat } of panels.flatMap(({ targets = [] }) => targets)) {
      const labels = new Set(
        metricsOf(expr).flatMap(({ name }) =>
          scrape.samples
            .filter((each) => each.name === name)
            .flatMap((each) => Object.keys(each.labels)),
        ),
      );
      const named = [...legendFormat.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1] ?? '');
      const isTold = metricsOf(expr).every(({ name }) =>
        scrape.samples.some((each) => each.name === name),
      );
      if (!isTold) continue; // nothing of that kind has happened yet
      for (const label of named) {
        expect(labels.has(label) || OF_PROMETHEUS.has(label), `${label} of ${expr}`).toBe(true);
      }
    }
  });

  it('lays its panels side by side, each with a number and a title of its own', () => {
    const all = dashboard.panels;
    expect(new Set(all.map(({ id }) => id)).size).toBe(all.length);
    expect(new Set(all.map(({ title }) => title)).size).toBe(all.length);
    for (const a of all) {
      expect(a.gridPos.x + a.gridPos.w).toBeLessThanOrEqual(24);
      for (const b of all) {
        if (a === b) continue;
        const [p, q] = [a.gridPos, b.gridPos];
        const apart = p.x + p.w <= q.x || q.x + q.w <= p.x || p.y + p.h <= q.y || q.y + q.h <= p.y;
        expect(apart, `${a.title} and ${b.title}`).toBe(true);
      }
    }
  });
});

describe('the alert rules that ship', () => {
  it('ask for metrics and labels that a station has', () => {
    expect(rules.length).toBeGreaterThan(25);
    for (const { expr } of rules) expectKnown(expr);
  });

  it('have names of their own, a severity, a time and a sentence with labels that are there', () => {
    expect(new Set(rules.map(({ alert }) => alert)).size).toBe(rules.length);
    for (const rule of rules) {
      expect(rule.alert).toMatch(/^Silvasonic[A-Z][A-Za-z]+$/);
      expect(['warning', 'critical']).toContain(rule.labels.severity);
      if (rule.for !== undefined) expect(rule.for).toMatch(/^\d+[mh]$/);
      const { summary = '' } = rule.annotations;
      for (const [, label = ''] of summary.matchAll(/\$labels\.(\w+)/g)) {
        const labels = metricsOf(rule.expr).flatMap(({ name }) =>
          scrape.samples
            .filter((each) => each.name === name)
            .flatMap((each) => Object.keys(each.labels)),
        );
        const isTold = labels.length > 0;
        if (isTold && !OF_PROMETHEUS.has(label)) expect(labels, rule.alert).toContain(label);
      }
      expect(summary).toMatch(/\$labels\.instance/);
    }
  });
});
