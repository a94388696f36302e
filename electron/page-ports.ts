import type { MessagePortMain } from 'electron';

type Listener = (event?: { data: unknown }) => void;

/** A port as the station serves it: it says `close` once, whichever side ends it. */
export interface ServedPort {
  on(event: string, listener: Listener): void;
  postMessage(message: unknown): void;
  start(): void;
  close(): void;
}

/** What of Electron's port is used, so that tests can bring another one. */
export type RawPort = Pick<MessagePortMain, 'postMessage' | 'start' | 'close'> & {
  on(event: 'message', listener: (event: { data: unknown }) => void): unknown;
  on(event: 'close', listener: () => void): unknown;
};

/**
 * Wraps a port. Answers that come after the end are dropped, and closing from this side tells the listeners
 * too, so that the event streams which they feed end at once.
 */
export function servedPort(raw: RawPort): ServedPort {
  const messageListeners: Listener[] = [];
  const closeListeners: Listener[] = [];
  let open = true;
  const ended = (): void => {
    if (!open) return;
    open = false;
    for (const listener of closeListeners) listener();
  };
  raw.on('message', (event) => {
    for (const listener of messageListeners) listener(event);
  });
  raw.on('close', ended);
  return {
    on(event, listener) {
      if (event === 'message') messageListeners.push(listener);
      else if (event === 'close') closeListeners.push(listener);
    },
    postMessage(message) {
      if (open) raw.postMessage(message);
    },
    start() {
      raw.start();
    },
    close() {
      if (!open) return;
      ended();
      raw.close();
    },
  };
}

/** The one port of each page (its WebContents): a new one replaces the old, and a page that leaves loses its own. */
export class PagePorts {
  readonly #open = new Map<object, ServedPort>();
  #closed = false;

  /** @returns false once all were disconnected for good: a page must not reach a station that stops */
  connect(page: object, port: ServedPort): boolean {
    if (this.#closed) {
      port.close();
      return false;
    }
    this.disconnect(page);
    this.#open.set(page, port);
    port.on('close', () => {
      if (this.#open.get(page) === port) this.#open.delete(page);
    });
    return true;
  }

  disconnect(page: object): void {
    const port = this.#open.get(page);
    this.#open.delete(page);
    port?.close();
  }

  /** For good. */
  disconnectAll(): void {
    this.#closed = true;
    for (const page of [...this.#open.keys()]) this.disconnect(page);
  }

  get size(): number {
    return this.#open.size;
  }
}
