import type { Level } from '@shared/model/level';
import type { Clock } from '../clock/clock';
import type { EventBus } from '../events/bus';
import { Mailbox } from '../events/mailbox';
import type { Logger } from '../logging/logger';
import { NotFoundError } from '../request-error';
import { LiveFeed, type PcmBlock } from './live-feed';
import type { LiveRun } from './live-socket';

/** Only the newest level is worth seeing; one more, because they come in pairs after a pause. */
const LEVELS_WAITING = 2;
/** Sound wants to be whole: up to a second and a half of it, 150 kB at most. */
const BLOCKS_WAITING = 100;

/**
 * The live sound of the recorders, for whoever watches or listens now. Nothing is spent for a device that has no
 * reader, and no reader can hold up another one or the capture.
 */
export class LiveStreams {
  readonly #options: {
    readonly known: (device: string) => boolean;
    readonly port: (device: string) => LiveRun | null;
    readonly sender: (runId: string) => string;
    readonly clock: Clock;
    readonly logger: Logger;
  };
  readonly #feeds = new Map<string, LiveFeed>();

  /**
   * @param options.port where the device's present run sends its live stream; null while there is none
   * @param options.sender the loopback address that a run sends from
   */
  constructor(options: {
    known: (device: string) => boolean;
    port: (device: string) => LiveRun | null;
    sender: (runId: string) => string;
    bus: EventBus;
    clock: Clock;
    logger: Logger;
  }) {
    this.#options = options;
    options.bus.on('recorder.changed', ({ device }) => this.#feeds.get(device)?.look());
  }

  /** Readers of a device now. */
  readers(device: string): number {
    return this.#feeds.get(device)?.readers ?? 0;
  }

  /**
   * How loud a device is, ten times a second; nothing while it does not record. Ends with the signal.
   * @throws NotFoundError
   */
  levels(device: string, signal: AbortSignal): AsyncGenerator<Level, void> {
    const mailbox = new Mailbox<Level>(LEVELS_WAITING);
    return this.#read(device, mailbox, signal, (feed) => feed.readLevels(mailbox));
  }

  /**
   * What a device hears; a reader that is too slow misses some of it. Ends with the signal.
   * @throws NotFoundError
   */
  pcm(device: string, signal: AbortSignal): AsyncGenerator<PcmBlock, void> {
    const mailbox = new Mailbox<PcmBlock>(BLOCKS_WAITING);
    return this.#read(device, mailbox, signal, (feed) => feed.readPcm(mailbox));
  }

  /** Refuses at once, not at the first item: whoever asked still waits for an answer then. */
  #read<T>(
    device: string,
    mailbox: Mailbox<T>,
    signal: AbortSignal,
    join: (feed: LiveFeed) => () => void,
  ): AsyncGenerator<T, void> {
    if (!this.#options.known(device)) throw new NotFoundError('device', device);
    return this.#items(device, mailbox, signal, join);
  }

  async *#items<T>(
    device: string,
    mailbox: Mailbox<T>,
    signal: AbortSignal,
    join: (feed: LiveFeed) => () => void,
  ): AsyncGenerator<T, void> {
    if (signal.aborted) return;
    const feed = this.#feed(device);
    const leave = join(feed);
    const end = (): void => {
      leave();
      if (feed.readers === 0 && this.#feeds.get(device) === feed) this.#feeds.delete(device);
    };
    // At once: a reader that is stuck elsewhere when its signal aborts never comes back to ask.
    signal.addEventListener('abort', end);
    try {
      for (;;) {
        const item = await mailbox.next(signal);
        if (item === undefined) return;
        yield item;
      }
    } finally {
      signal.removeEventListener('abort', end);
      end();
    }
  }

  #feed(device: string): LiveFeed {
    const feed =
      this.#feeds.get(device) ??
      new LiveFeed({
        device,
        run: () => this.#options.port(device),
        sender: this.#options.sender,
        clock: this.#options.clock,
        logger: this.#options.logger,
      });
    this.#feeds.set(device, feed);
    return feed;
  }
}
