import type { Level } from '@shared/model/level';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { Mailbox } from '../events/mailbox';
import type { Logger } from '../logging/logger';
import { LevelMeter } from './level-meter';
import { type LiveRun, LiveSocket } from './live-socket';

/** Live sound of one run. Readers share the samples: they are not to be written to. */
export interface PcmBlock {
  readonly runId: string;
  readonly channels: number;
  /** 48 kHz, interleaved, whole frames; some milliseconds of sound. */
  readonly samples: Int16Array;
}

/** The run may change with no event, and a port that somebody has may become free. */
const LOOK_MS = 1_000;

/** The live sound of one device: one socket and one measurement for all its readers, and none without. */
export class LiveFeed {
  readonly #device: string;
  readonly #run: () => LiveRun | null;
  readonly #sender: (runId: string) => string;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #levelReaders = new Set<Mailbox<Level>>();
  readonly #pcmReaders = new Set<Mailbox<PcmBlock>>();
  #socket: LiveSocket | null = null;
  #following = false;
  /** The run whose port could not be had: told once, tried on. */
  #refusedRun: string | null = null;

  constructor(options: {
    device: string;
    run: () => LiveRun | null;
    sender: (runId: string) => string;
    clock: Clock;
    logger: Logger;
  }) {
    this.#device = options.device;
    this.#run = options.run;
    this.#sender = options.sender;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#nudge = new Nudge(options.clock);
  }

  get readers(): number {
    return this.#levelReaders.size + this.#pcmReaders.size;
  }

  /** @returns ends it; safe to call twice */
  readLevels(mailbox: Mailbox<Level>): () => void {
    return this.#join(this.#levelReaders, mailbox);
  }

  /** @returns ends it; safe to call twice */
  readPcm(mailbox: Mailbox<PcmBlock>): () => void {
    return this.#join(this.#pcmReaders, mailbox);
  }

  /** The run may have changed. */
  look(): void {
    this.#nudge.nudge();
  }

  #join<T>(readers: Set<Mailbox<T>>, mailbox: Mailbox<T>): () => void {
    readers.add(mailbox);
    this.#align();
    if (!this.#following) void this.#follow();
    return () => {
      readers.delete(mailbox);
      if (this.readers > 0) return;
      this.#close();
      this.#nudge.nudge();
    };
  }

  async #follow(): Promise<void> {
    this.#following = true;
    while (this.readers > 0) {
      await this.#nudge.wait(LOOK_MS);
      if (this.readers > 0) this.#align();
    }
    this.#following = false;
  }

  /** Listens to the run that there is now. */
  #align(): void {
    const run = this.#run();
    const open = this.#socket?.run ?? null;
    if (run?.runId === open?.runId && run?.port === open?.port) return;
    this.#close();
    if (run !== null) this.#socket = this.#open(run);
  }

  #open(run: LiveRun): LiveSocket {
    const meter = new LevelMeter(run.channels);
    const { runId, channels } = run;
    const socket = new LiveSocket(run, {
      sender: this.#sender(runId),
      onSamples: (samples) => {
        for (const reader of this.#pcmReaders) reader.put({ runId, channels, samples });
        if (this.#levelReaders.size === 0) return;
        for (const measured of meter.add(samples)) this.#publish(measured);
      },
      onFailed: (error) => {
        if (this.#socket === socket) this.#socket = null;
        if (this.#refusedRun === runId) return;
        this.#refusedRun = runId;
        this.#logger.warn('live.unavailable', 'A live stream cannot be listened to.', {
          device: this.#device,
          run: runId,
          error,
        });
      },
    });
    return socket;
  }

  #publish(channels: Level['channels']): void {
    const level = { device: this.#device, at: toInstant(this.#clock.wallMs()), channels };
    for (const reader of this.#levelReaders) reader.put(level);
  }

  #close(): void {
    this.#socket?.close();
    this.#socket = null;
  }
}
