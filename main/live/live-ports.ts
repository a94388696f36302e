import { randomInt } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { LISTENING_ADDRESS } from './live-socket';

/**
 * Above what the kernel hands out by itself (32768 … 60999): a run lasts for months with nobody listening, and no other
 * program is to find its sound on a port that it was given.
 */
const RANGE = { first: 61_000, last: 65_535 };
const MOST_TRIES = 100;

/** Chooses the ports that live streams are sent to. */
export class LivePorts {
  readonly #taken: () => ReadonlySet<number>;
  readonly #range: typeof RANGE;
  /** Onwards from where the last search ended: runs that start together get ports of their own. */
  #next: number;

  /** @param taken ports that other runs send to: nobody need have bound those */
  constructor(taken: () => ReadonlySet<number>, range = RANGE) {
    this.#taken = taken;
    this.#range = range;
    this.#next = randomInt(range.first, range.last + 1);
  }

  /**
   * A UDP port that nobody has bound on the loopback.
   * @returns an untested one where none is found: a live stream is best effort, a capture is not to wait for it
   */
  async freeUdpPort(): Promise<number> {
    for (let tries = 0; tries < MOST_TRIES; tries++) {
      const port = this.#take();
      if (!this.#taken().has(port) && (await isFree(port))) return port;
    }
    return this.#take();
  }

  #take(): number {
    const port = this.#next;
    this.#next = port === this.#range.last ? this.#range.first : port + 1;
    return port;
  }
}

async function isFree(port: number): Promise<boolean> {
  const socket = createSocket('udp4');
  try {
    socket.bind({ port, address: LISTENING_ADDRESS, exclusive: true });
    await once(socket, 'listening');
    return true;
  } catch {
    return false;
  } finally {
    socket.close();
  }
}
