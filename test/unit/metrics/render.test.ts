import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { counter, counters, gauge, gauges, states, timestampS } from '@main/metrics/family';
import { loadClient, registryOf } from '@main/metrics/render';
import { parseScrape } from '../../support/prometheus-text';

const client = await loadClient();

async function scrapeOf(...families: Parameters<typeof registryOf>[1]) {
  return parseScrape(`${(await registryOf(client, families).metrics()).trimEnd()}\n`);
}

describe('the text of a scrape', () => {
  it.each([
    ['quotes', 'a "quoted" name'],
    ['line breaks', 'one\nsilvasonic_fake_total 99\n# HELP x'],
    ['backslashes', 'C:\\n\\" }'],
    ['braces and commas', '"},{evil="1"} 7'],
    ['other scripts', 'Käuzchen 🦇 猫'],
  ])('keeps %s in the value of a label where they belong', async (_, hostile) => {
    const scrape = await scrapeOf(gauges('x_info', 'Help.', ['a', 'b'], [[[hostile, hostile], 1]]));
    expect(scrape.samples).toEqual([
      { name: 'x_info', labels: { a: hostile, b: hostile }, value: 1 },
    ]);
  });

  it('keeps any text whatever', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
        const scrape = await scrapeOf(counters('x_total', 'Help.', ['a'], [[[text], 2]]));
        expect(scrape.samples).toEqual([{ name: 'x_total', labels: { a: text }, value: 2 }]);
      }),
      { numRuns: 100 },
    );
  });

  it('leaves out what is not known, and says that there is such a metric', async () => {
    const scrape = await scrapeOf(
      gauge('a_seconds', 'Help.', null),
      gauge('b_seconds', 'Help.', NaN),
      counter('c_total', 'Help.', 0),
      gauge('d', 'Help.', true),
    );
    expect([...scrape.types]).toEqual([
      ['a_seconds', 'gauge'],
      ['b_seconds', 'gauge'],
      ['c_total', 'counter'],
      ['d', 'gauge'],
    ]);
    expect(scrape.value('a_seconds')).toBeUndefined();
    expect(scrape.value('b_seconds')).toBeUndefined();
    expect(scrape.value('c_total')).toBe(0);
    expect(scrape.value('d')).toBe(1);
  });

  it('has a series for each state, of which one holds', () => {
    expect(states(['on', 'off'], 'off', ['mic'])).toEqual([
      [['mic', 'on'], 0],
      [['mic', 'off'], 1],
    ]);
  });

  it('tells instants in seconds', () => {
    expect(timestampS('2026-05-01T12:00:00.500Z')).toBe(1777636800.5);
    expect(timestampS(1500)).toBe(1.5);
    expect(timestampS('—')).toBeNull();
    expect(timestampS(null)).toBeNull();
  });
});
