import type { StationSnapshot } from '@shared/model/station';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { EventBus } from '../events/bus';
import { Mailbox } from '../events/mailbox';
import type { Logger } from '../logging/logger';

/** At most two snapshots a second. */
const SHORTEST_MS = 500;
/** Facts that no event tells of (growing audio, disk, temperature) are looked at this often. */
const LOOK_MS = 1_000;
/** A reader that hears nothing for longer may believe that the station is gone. */
const HEARTBEAT_MS = 5_000;

const CAUSES = [
  'recorder.changed',
  'device.changed',
  'recording.indexed',
  'settings.changed',
  'alert.changed',
  'data_disk.changed',
] as const;

/**
 * The one status stream: a snapshot first, then a new one on change. It is computed once for all readers,
 * and not at all when nobody reads.
 */
export class StatusStream {
  readonly #clock: Clock;
  readonly #bus: EventBus;
  readonly #logger: Logger;
  readonly #snapshot: () => Promise<StationSnapshot>;
  /** One for each reader; only the latest snapshot is worth reading. */
  readonly #mailboxes = new Set<Mailbox<StationSnapshot>>();
  readonly #nudge: Nudge;
  #pumping = false;

  constructor(options: {
    clock: Clock;
    bus: EventBus;
    logger: Logger;
    snapshot: () => Promise<StationSnapshot>;
  }) {
    this.#clock = options.clock;
    this.#bus = options.bus;
    this.#logger = options.logger;
    this.#snapshot = options.snapshot;
    this.#nudge = new Nudge(options.clock);
  }

  /** Readers now. */
  get readers(): number {
    return this.#mailboxes.size;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<StationSnapshot, void> {
    if (signal.aborted) return;
    const mailbox = new Mailbox<StationSnapshot>(1);
    const leave = (): void => {
      this.#mailboxes.delete(mailbox);
      this.#nudge.nudge();
    };
    // There before the first snapshot is made, so that none falls between.
    this.#mailboxes.add(mailbox);
    signal.addEventListener('abort', leave);
    try {
      const first = await this.#snapshot();
      if (isAborted(signal)) return;
      if (!this.#pumping) void this.#run(changeable(first));
      yield first;
      for (;;) {
        await this.#clock.sleep(SHORTEST_MS, signal);
        const snapshot = await mailbox.next(signal);
        if (snapshot === undefined) return;
        yield snapshot;
      }
    } finally {
      signal.removeEventListener('abort', leave);
      leave();
    }
  }

  /** @param knownFacts what the reader that it was started for has just been told */
  async #run(knownFacts: string): Promise<void> {
    this.#pumping = true;
    const nudge = (): void => {
      this.#nudge.nudge();
    };
    for (const cause of CAUSES) this.#bus.on(cause, nudge);
    let lastFacts = knownFacts;
    let lastSentMs = this.#clock.monotonicMs();
    for (;;) {
      await this.#clock.sleep(SHORTEST_MS);
      await this.#nudge.wait(LOOK_MS - SHORTEST_MS);
      if (this.#mailboxes.size === 0) break;
      try {
        const snapshot = await this.#snapshot();
        const facts = changeable(snapshot);
        const nowMs = this.#clock.monotonicMs();
        // The next look would be too late for a heartbeat that is nearly due.
        if (facts !== lastFacts || nowMs - lastSentMs >= HEARTBEAT_MS - LOOK_MS) {
          lastFacts = facts;
          lastSentMs = nowMs;
          for (const mailbox of this.#mailboxes) mailbox.put(snapshot);
        }
      } catch (error) {
        this.#logger.error('status.failed', 'A status snapshot could not be made.', { error });
      }
    }
    for (const cause of CAUSES) this.#bus.off(cause, nudge);
    this.#pumping = false;
  }
}

/** Asked again after an await: TypeScript holds on to the answer of before. */
function isAborted(signal: AbortSignal): boolean {
  return signal.aborted;
}

/** Everything whose change is worth a message: not the time itself, and not every flicker of the CPU. */
function changeable(snapshot: StationSnapshot): string {
  return JSON.stringify({
    ...snapshot,
    at: null,
    station: { ...snapshot.station, uptimeS: null },
    host: null,
  });
}
