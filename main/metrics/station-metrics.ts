import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Registry } from 'prom-client';
import type { Clock } from '../clock/clock';
import { messageOf } from '../error-message';
import type { Logger } from '../logging/logger';
import { type Family, gauges } from './family';
import { type Client, loadClient, registryOf } from './render';

/** A part of what is told; one that fails is left out, and the others are told. */
export interface Collector {
  readonly name: string;
  /** Throws whatever its source throws. */
  readonly collect: () => readonly Family[] | Promise<readonly Family[]>;
}

interface Prepared {
  readonly client: Client;
  /** Of the process: memory, processor time, delay of the main loop, garbage collection. */
  readonly process: Registry;
}

/** What is asked for more often gets the same answer. Milliseconds. */
const KEPT_MS = 1_000;
/** Of the delay of the main loop. Milliseconds. */
const DELAY_RESOLUTION_MS = 10;

/** The station in the words of Prometheus, made when it is asked for and in turns that hold nobody up. */
export class StationMetrics {
  readonly contentType = 'text/plain; version=0.0.4; charset=utf-8';
  readonly #collectors: readonly Collector[];
  readonly #clock: Clock;
  readonly #logger: Logger;
  #prepared: Promise<Prepared> | null = null;
  #scrape: Promise<string> | null = null;
  #scrapedMs = -Infinity;
  readonly #failing = new Set<string>();

  constructor(options: {
    readonly collectors: readonly Collector[];
    readonly clock: Clock;
    readonly logger: Logger;
  }) {
    this.#collectors = options.collectors;
    this.#clock = options.clock;
    this.#logger = options.logger;
  }

  /** Loads what it takes, some tens of milliseconds at once: before anybody may ask, not when somebody does. */
  prepare(): Promise<Prepared> {
    this.#prepared ??= loadClient().then((client) => {
      const process = new client.Registry();
      client.collectDefaultMetrics({
        register: process,
        eventLoopMonitoringPrecision: DELAY_RESOLUTION_MS,
      });
      return { client, process };
    });
    return this.#prepared;
  }

  /** The text of a scrape. Several who ask at once are given the same. */
  text(): Promise<string> {
    const nowMs = this.#clock.monotonicMs();
    if (this.#scrape !== null && nowMs - this.#scrapedMs < KEPT_MS) return this.#scrape;
    this.#scrapedMs = nowMs;
    const scrape = this.#collect();
    this.#scrape = scrape;
    scrape.catch(() => {
      if (this.#scrape === scrape) this.#scrape = null;
    });
    return scrape;
  }

  async #collect(): Promise<string> {
    const { client, process } = await this.prepare();
    const success: [string[], number][] = [];
    const seconds: [string[], number][] = [];
    const texts: string[] = [];
    for (const { name, collect } of this.#collectors) {
      const beganMs = this.#clock.monotonicMs();
      try {
        const families = await collect();
        await nextTurn();
        texts.push(await registryOf(client, families).metrics());
        success.push([[name], 1]);
        this.#failing.delete(name);
      } catch (error) {
        success.push([[name], 0]);
        this.#reportOnce(name, error);
      }
      seconds.push([[name], (this.#clock.monotonicMs() - beganMs) / 1000]);
      await nextTurn();
    }
    texts.push(await registryOf(client, collectorFamilies(success, seconds)).metrics());
    texts.push(await process.metrics());
    return (
      texts
        .map((text) => text.trimEnd())
        .filter((text) => text !== '')
        .join('\n') + '\n'
    );
  }

  #reportOnce(collector: string, error: unknown): void {
    if (this.#failing.has(collector)) return;
    this.#failing.add(collector);
    this.#logger.warn('metrics.incomplete', 'A part of the metrics cannot be told.', {
      collector,
      detail: messageOf(error),
    });
  }
}

function collectorFamilies(success: [string[], number][], seconds: [string[], number][]): Family[] {
  return [
    gauges(
      'silvasonic_collector_success',
      '0: this part of the metrics could not be told.',
      ['collector'],
      success,
    ),
    gauges(
      'silvasonic_collector_duration_seconds',
      'How long this part took.',
      ['collector'],
      seconds,
    ),
  ];
}
