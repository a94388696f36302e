import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Settings } from '@shared/model/settings';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import { messageOf } from '../error-message';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import { loopState, type Service, type ServiceStatus } from '../service';

/** Another program may let go of the port. */
const LOOK_MS = 30_000;
/** Whoever asks without end is made to wait in the queue of the system. */
const MOST_CONNECTIONS = 16;
const PATIENCE_MS = 10_000;
const LOOPBACK = '127.0.0.1';
/** A page of the open web may have its own name lead here; what it calls the station gives it away. */
const LOCAL_NAME = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/i;

export interface MetricsEndpointOptions {
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly settings: () => Settings['monitoring'];
  readonly metrics: {
    readonly contentType: string;
    /** Before anybody may ask. */
    prepare(): Promise<unknown>;
    text(): Promise<string>;
  };
}

/** Tells Prometheus how the station is, on this computer alone, where a setting asks for it. */
export class MetricsEndpoint implements Service {
  readonly name = 'metrics';
  readonly #options: MetricsEndpointOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  #open: { readonly server: Server; readonly wanted: number } | null = null;
  #problem: string | null = null;
  #scrapes = 0;

  constructor(options: MetricsEndpointOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(options.clock);
  }

  start(): Promise<void> {
    if (this.#loop !== null) return Promise.resolve();
    this.#options.bus.on('settings.changed', this.#onSettings);
    this.#loop = this.#run();
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#options.bus.off('settings.changed', this.#onSettings);
    await this.#loop;
  }

  status(): ServiceStatus {
    return {
      name: this.name,
      state: loopState({
        stopping: this.#abort.signal,
        started: this.#loop !== null,
        well: this.#problem === null,
      }),
      details: this.#problem ?? '',
      counters: { port: this.port, scrapes: this.#scrapes },
    };
  }

  /** Where it listens; null: it does not. */
  get port(): number | null {
    const address = this.#open?.server.address() as AddressInfo | null | undefined;
    return address?.port ?? null;
  }

  readonly #onSettings = ({ keys }: { readonly keys: readonly string[] }): void => {
    if (keys.some((key) => key.startsWith('monitoring.'))) this.#nudge.nudge();
  };

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    while (!signal.aborted) {
      try {
        await this.#follow();
        this.#problem = null;
      } catch (error) {
        const problem = messageOf(error);
        if (problem !== this.#problem) {
          this.#logger.warn('metrics.closed', 'Metrics cannot be asked for; tried again.', {
            error,
          });
        }
        this.#problem = problem;
      }
      await this.#nudge.wait(LOOK_MS, signal);
    }
    await this.#close();
  }

  /** Opens and closes as the settings want it. @throws Node's errors, e.g. of a port that is taken */
  async #follow(): Promise<void> {
    const { metrics_enabled: isWanted, metrics_port: port } = this.#options.settings();
    const open = this.#open;
    if (open !== null && (!isWanted || open.wanted !== port || !open.server.listening)) {
      await this.#close();
    }
    if (isWanted && this.#open === null) await this.#listen(port);
  }

  async #listen(port: number): Promise<void> {
    await this.#options.metrics.prepare();
    const server = createServer((request, response) => {
      void this.#answer(request, response);
    });
    server.maxConnections = MOST_CONNECTIONS;
    server.requestTimeout = PATIENCE_MS;
    server.headersTimeout = PATIENCE_MS;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(port, LOOPBACK, () => {
        server.off('error', reject);
        resolve();
      });
    });
    server.on('error', (error) => {
      this.#problem = messageOf(error);
      this.#nudge.nudge();
    });
    this.#open = { server, wanted: port };
    this.#logger.info('metrics.opened', 'Metrics can be asked for on this computer.', {
      port: this.port,
    });
  }

  async #close(): Promise<void> {
    const open = this.#open;
    if (open === null) return;
    this.#open = null;
    await new Promise<void>((resolve) => {
      open.server.close(() => {
        resolve();
      });
      open.server.closeAllConnections();
    });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const refuse = (status: number, words: string): void => {
      response.writeHead(status, { 'content-type': 'text/plain; charset=utf-8' }).end(`${words}\n`);
    };
    if (!LOCAL_NAME.test(request.headers.host ?? '')) {
      refuse(403, 'Only for programs on this computer.');
      return;
    }
    if (request.url?.split('?', 1)[0] !== '/metrics') {
      refuse(404, 'There is /metrics alone.');
      return;
    }
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      response.setHeader('allow', 'GET, HEAD');
      refuse(405, 'There is nothing to be changed here.');
      return;
    }
    try {
      const { metrics } = this.#options;
      const text = await metrics.text();
      this.#scrapes += 1;
      response
        .writeHead(200, { 'content-type': metrics.contentType, 'cache-control': 'no-store' })
        .end(request.method === 'HEAD' ? undefined : text);
    } catch (error) {
      this.#logger.warn('metrics.failed', 'Metrics could not be told.', { error });
      // What went wrong is in the log: here it might tell more than metrics do.
      if (!response.headersSent) refuse(500, 'Metrics could not be told; the log says why.');
    }
  }
}
