import type { Readable } from 'node:stream';
import type { Clock } from '../../clock/clock';
import {
  type RclonePatience,
  type RcloneProcess,
  RcloneEnded,
  startRclone,
} from './rclone-process';
import { type RcloneVersion, readRcloneVersion } from './version';

/** Under these names a daemon knows its remote, and the base path on it. */
const REMOTE = 'remote';
const BASE = 'base';
/** As rclone writes it down. */
export const BASE_FS = `${BASE}:`;

/** An answer to say that something cannot be done. */
export class RcError extends Error {
  /** Of HTTP; 404 where a thing is not there. */
  readonly status: number;

  constructor(status: number, message: string) {
    super(message);
    this.name = 'RcError';
    this.status = status;
  }
}

/** rclone is not there, too old, or does not start. */
export class NoRclone extends Error {}

/** Nobody answered in the time that was given. */
export class RcSilence extends Error {}

export interface RcloneDaemonOptions {
  readonly program: string;
  readonly clock: Clock;
  readonly patience: RclonePatience;
  /** Without anything to do for so long it ends. Milliseconds. */
  readonly idleMs: number;
  /** Its values as they are to be when it starts: `type` and all others, passwords in clear. */
  readonly section: () => Readonly<Record<string, string>>;
  /** Where the base path lies on it. */
  readonly root: string;
}

/** To hear whether it is still there. */
const PING_MS = 5_000;

/**
 * One rclone for one remote: started when it is needed, started again when it has died, ended when nobody needs it. It
 * learns of its remote over the connection alone: nothing of it stands in a file or in its arguments.
 */
export class RcloneDaemon {
  readonly #options: RcloneDaemonOptions;
  #version: RcloneVersion | null = null;
  #starting: Promise<RcloneProcess> | null = null;
  #running: RcloneProcess | null = null;
  readonly #endedByUs = new WeakSet<RcloneProcess>();
  #calls = 0;
  /** In rclone's notation; null: none. */
  #bandwidthLimit: string | null = null;
  #idle = new AbortController();

  constructor(options: RcloneDaemonOptions) {
    this.#options = options;
  }

  /** Of the process that runs just now, if one does. */
  get pid(): number | null {
    return this.#running?.isGone() === false ? this.#running.pid : null;
  }

  /**
   * @returns its answer, as JSON
   * @throws RcError, NoRclone, RcloneEnded (when a second one has died over it, too), RcSilence; AbortError
   */
  async call(
    method: string,
    params: object,
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<unknown> {
    return await this.#again(limits.signal, (daemon) =>
      this.#within(limits, async (signal) => {
        const answer = await request(daemon, { method, params, signal });
        return await answer.body.json();
      }),
    );
  }

  /** As `call`, for the bytes of a body as they come. */
  async stream(
    method: string,
    params: object,
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Readable> {
    return await this.#again(limits.signal, (daemon) =>
      this.#within(limits, async () => {
        const answer = await request(daemon, { method, params, signal: limits.signal });
        return answer.body;
      }),
    );
  }

  /** Some bytes of an object, or none where it ends before. */
  async read(
    path: string,
    { offset, count }: { readonly offset: number; readonly count: number },
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<Buffer> {
    const url = `/%5B${BASE_FS}%5D/${path.split('/').map(encodeURIComponent).join('/')}`;
    return await this.#again(limits.signal, (daemon) =>
      this.#within(limits, async (signal) => {
        const range = `bytes=${String(offset)}-${String(offset + count - 1)}`;
        const { statusCode, body } = await daemon.pool.request({
          method: 'GET',
          path: url,
          headers: { authorization: daemon.authorization, range },
          signal,
        });
        if (statusCode === 416) {
          await body.dump();
          return Buffer.alloc(0);
        }
        if (statusCode >= 400) throw new RcError(statusCode, errorIn(await body.text()));
        return Buffer.from(await body.bytes());
      }),
    );
  }

  /** For all that it transfers at the same time; whoever replaces it holds it as well. @throws as `call` */
  async limitBandwidth(
    limit: string | null,
    limits: { readonly signal: AbortSignal; readonly timeoutMs: number },
  ): Promise<void> {
    if (limit === this.#bandwidthLimit) return;
    this.#bandwidthLimit = limit;
    if (this.pid !== null) await this.call('core/bwlimit', { rate: limit ?? 'off' }, limits);
  }

  /** Ends it; the next call starts another one. */
  async close(): Promise<void> {
    this.#idle.abort();
    const running = this.#running ?? (await this.#starting?.catch(() => null)) ?? null;
    if (running !== null) await this.#end(running);
  }

  /** Whoever has died is replaced once. */
  async #again<T>(signal: AbortSignal, act: (daemon: RcloneProcess) => Promise<T>): Promise<T> {
    signal.throwIfAborted();
    this.#calls += 1;
    this.#idle.abort();
    try {
      for (let attempt = 1; ; attempt++) {
        const daemon = await this.#started();
        signal.throwIfAborted();
        try {
          return await act(daemon);
        } catch (error) {
          signal.throwIfAborted();
          // The connection breaks a moment before its death is told.
          if (isOurs(error) || !(await this.#hasDied(daemon))) throw error;
          // Ended by us: whoever does so wants no other one, and no recording is to lose a try over it.
          if (this.#endedByUs.has(daemon)) {
            throw new RcSilence('rclone was ended while it was at work', { cause: error });
          }
          if (attempt === 2) {
            throw new RcloneEnded(`rclone ended: ${daemon.lastWords()}`, { cause: error });
          }
          if (this.#running === daemon) this.#running = null;
        }
      }
    } finally {
      this.#calls -= 1;
      if (this.#calls === 0) void this.#endWhenIdle();
    }
  }

  async #hasDied(daemon: RcloneProcess): Promise<boolean> {
    const over = new AbortController();
    await Promise.race([daemon.gone, this.#options.clock.sleep(1_000, over.signal)]);
    over.abort();
    return daemon.isGone();
  }

  /** Ends a call that takes too long; and its daemon, where that does not answer any more either. */
  async #within<T>(
    { signal, timeoutMs }: { readonly signal: AbortSignal; readonly timeoutMs: number },
    act: (signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const over = new AbortController();
    const late = new AbortController();
    const { clock } = this.#options;
    void clock.sleep(timeoutMs, over.signal).then((elapsed) => {
      if (elapsed) late.abort();
    });
    try {
      return await act(AbortSignal.any([signal, late.signal]));
    } catch (error) {
      signal.throwIfAborted();
      if (!late.signal.aborted) throw error;
      await this.endIfStuck();
      throw new RcSilence(`no answer within ${String(timeoutMs / 1000)} s`, { cause: error });
    } finally {
      over.abort();
    }
  }

  /** Whoever does not even say that it is there is ended. */
  async endIfStuck(): Promise<void> {
    const daemon = this.#running;
    if (daemon === null || daemon.isGone()) return;
    const over = new AbortController();
    const ping = request(daemon, { method: 'rc/noop', params: {}, signal: over.signal }).then(
      async ({ body }) => {
        await body.dump();
        return true;
      },
    );
    const { clock, patience } = this.#options;
    const pingMs = Math.min(PING_MS, patience.silentMs);
    const late = clock.sleep(pingMs, over.signal).then(() => false);
    const there = await Promise.race([ping, late]).catch(() => false);
    over.abort();
    ping.catch(() => undefined);
    if (!there) await this.#end(daemon);
  }

  async #end(daemon: RcloneProcess): Promise<void> {
    this.#endedByUs.add(daemon);
    if (this.#running === daemon) this.#running = null;
    await daemon.end();
  }

  async #started(): Promise<RcloneProcess> {
    if (this.#running?.isGone() === false) return this.#running;
    this.#starting ??= this.#start().finally(() => {
      this.#starting = null;
    });
    return await this.#starting;
  }

  async #start(): Promise<RcloneProcess> {
    const { program, patience, clock } = this.#options;
    // Looked up again as long as it is not good: somebody may install it meanwhile.
    if (this.#version?.state !== 'ok') this.#version = await readRcloneVersion(program);
    if (this.#version.state !== 'ok') throw new NoRclone(this.#version.detail);
    const daemon = await startRclone(program, patience, clock).catch((error: unknown) => {
      throw error instanceof RcloneEnded ? new NoRclone(error.message, { cause: error }) : error;
    });
    const signal = AbortSignal.timeout(PING_MS * 3);
    try {
      for (const { method, params } of this.#firstOrders()) {
        const { body } = await request(daemon, { method, params, signal });
        await body.dump();
      }
    } catch (error) {
      await daemon.end();
      throw error;
    }
    this.#running = daemon;
    return daemon;
  }

  #firstOrders(): readonly { readonly method: string; readonly params: object }[] {
    const { type = '', ...parameters } = this.#options.section();
    const opt = { obscure: true, nonInteractive: true };
    // By a name of its own the path needs no quoting, whatever it holds.
    const base = { remote: `${REMOTE}:${this.#options.root}` };
    return [
      { method: 'config/create', params: { name: REMOTE, type, parameters, opt } },
      { method: 'config/create', params: { name: BASE, type: 'alias', parameters: base } },
      { method: 'core/bwlimit', params: { rate: this.#bandwidthLimit ?? 'off' } },
    ];
  }

  /** What it knows of its remote by now: a token is another one after an hour. Null: it does not run. */
  async knownSection(): Promise<Readonly<Record<string, unknown>> | null> {
    const daemon = this.#running;
    if (daemon === null || daemon.isGone()) return null;
    const signal = AbortSignal.timeout(PING_MS);
    const params = { name: REMOTE };
    const { body } = await request(daemon, { method: 'config/get', params, signal });
    return (await body.json()) as Record<string, unknown>;
  }

  async #endWhenIdle(): Promise<void> {
    this.#idle = new AbortController();
    const { signal } = this.#idle;
    if (await this.#options.clock.sleep(this.#options.idleMs, signal)) await this.close();
  }
}

async function request(
  daemon: RcloneProcess,
  { method, params, signal }: { method: string; params: object; signal: AbortSignal },
): Promise<Awaited<ReturnType<RcloneProcess['pool']['request']>>> {
  const answer = await daemon.pool.request({
    method: 'POST',
    path: `/${method}`,
    headers: { authorization: daemon.authorization, 'content-type': 'application/json' },
    body: JSON.stringify(params),
    signal,
  });
  if (answer.statusCode >= 400) {
    throw new RcError(answer.statusCode, errorIn(await answer.body.text()));
  }
  return answer;
}

/** Of its answer only what went wrong: it also repeats what it was asked, passwords and all. */
function errorIn(text: string): string {
  try {
    const { error } = JSON.parse(text) as { error?: unknown };
    return typeof error === 'string' ? error : 'rclone failed';
  } catch {
    return text.slice(0, 500);
  }
}

function isOurs(error: unknown): boolean {
  return error instanceof RcError || error instanceof RcSilence;
}
