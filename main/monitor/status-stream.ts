import { EventEmitter, on } from 'node:events';
import type { StationSnapshot } from '@shared/model/station';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { EventBus } from '../events/bus';
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
  readonly #out = new EventEmitter<{ snapshot: [StationSnapshot] }>();
  readonly #nudge: Nudge;
  #readers = 0;
  #pump: Promise<void> | null = null;

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
    this.#out.setMaxListeners(0);
  }

  /** Readers now. */
  get readers(): number {
    return this.#readers;
  }

  async *watch(signal: AbortSignal): AsyncGenerator<StationSnapshot, void> {
    this.#readers += 1;
    // Listen before the first snapshot is made, so that none falls between.
    const later = on(this.#out, 'snapshot', { signal }) as AsyncIterable<[StationSnapshot]>;
    try {
      this.#pump ??= this.#run();
      yield await this.#snapshot();
      for await (const [snapshot] of later) yield snapshot;
    } catch (error) {
      if (!signal.aborted) throw error;
    } finally {
      this.#readers -= 1;
      this.#nudge.nudge();
    }
  }

  async #run(): Promise<void> {
    const nudge = (): void => {
      this.#nudge.nudge();
    };
    for (const cause of CAUSES) this.#bus.on(cause, nudge);
    let lastFacts = '';
    let lastSentMs = -Infinity;
    while (this.#readers > 0) {
      try {
        const snapshot = await this.#snapshot();
        const facts = changeable(snapshot);
        const nowMs = this.#clock.monotonicMs();
        if (facts !== lastFacts || nowMs - lastSentMs >= HEARTBEAT_MS) {
          lastFacts = facts;
          lastSentMs = nowMs;
          this.#out.emit('snapshot', snapshot);
        }
      } catch (error) {
        this.#logger.error('status.failed', 'A status snapshot could not be made.', { error });
      }
      await this.#clock.sleep(SHORTEST_MS);
      await this.#nudge.wait(LOOK_MS - SHORTEST_MS);
    }
    for (const cause of CAUSES) this.#bus.off(cause, nudge);
    this.#pump = null;
  }
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
