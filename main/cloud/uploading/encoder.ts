import { mkdir, readdir, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { messageOf } from '../../error-message';
import { errorCode } from '../../files/error-code';
import type { EncodedFile, EncodingOrder } from './encoded-file';

/** Makes the file that is sent. */
export type Encode = (order: EncodingOrder, signal: AbortSignal) => Promise<EncodedFile>;

export interface EncoderOptions {
  readonly encode: Encode;
  /** Of our own; what it lies in must be there. */
  readonly folder: string;
  /** Does another remote wait for it? Then it is kept, as long as there is room. */
  readonly isStillWanted: (recordingId: number) => boolean;
  /** What lies there encoded at most, unless a single file is larger. Bytes. */
  readonly mostBytes: number;
  /** Encoded at a time. */
  readonly atOnce: number;
}

/** An encoded file that is there until it is let go. */
export interface Lease {
  readonly file: EncodedFile;
  release(): void;
}

interface Waiter {
  readonly resolve: () => void;
  readonly reject: (error: Error) => void;
}

/** A recording that somebody wants encoded, or wanted. */
interface Entry {
  readonly order: EncodingOrder;
  /** Told that it will be wanted, and not yet that it is, or is not. */
  foreseen: number;
  readonly waiters: Set<Waiter>;
  leases: number;
  file: EncodedFile | null;
  running: AbortController | null;
}

/**
 * Encodes recordings a little ahead of their upload, and once for all remotes that want them. What lies there is
 * bounded; nothing of it outlives this console. Whoever foresees an encoding either leases it or forgets it.
 */
export class Encoder {
  readonly #options: EncoderOptions;
  /** In the order in which they were asked for. */
  readonly #entries = new Map<number, Entry>();
  readonly #stopping = new AbortController();
  readonly #working = new Set<Promise<void>>();

  constructor(options: EncoderOptions) {
    this.#options = options;
  }

  /** Makes its folder, or removes what another console left there. @throws Node's errors */
  async prepare(): Promise<void> {
    const { folder } = this.#options;
    try {
      await mkdir(folder);
    } catch (error) {
      if (errorCode(error) !== 'EEXIST') throw error;
      for (const name of await readdir(folder)) await rm(join(folder, name), { force: true });
    }
  }

  /** Is it read, or its copy sent? */
  isWorkingOn(recordingId: number): boolean {
    const entry = this.#entries.get(recordingId);
    return entry !== undefined && (entry.running !== null || entry.leases > 0);
  }

  /** It will be wanted soon. */
  foresee(order: EncodingOrder): void {
    this.#entry(order).foreseen += 1;
    this.#next();
  }

  /** It was foreseen, and is not wanted after all. */
  forget(recordingId: number): void {
    const entry = this.#entries.get(recordingId);
    if (entry === undefined) return;
    entry.foreseen = Math.max(0, entry.foreseen - 1);
    this.#tidy(entry);
  }

  /**
   * It was foreseen, and is wanted now.
   * @throws what encoding it threw; the signal's reason
   */
  async lease(order: EncodingOrder, signal: AbortSignal): Promise<Lease> {
    const entry = this.#entry(order);
    entry.foreseen = Math.max(0, entry.foreseen - 1);
    try {
      if (entry.file === null) await this.#encoded(entry, signal);
      else entry.leases += 1;
      const { file } = entry;
      if (file === null) throw new Error('an encoded file was removed that was held');
      let isHeld = true;
      return {
        file,
        release: () => {
          if (isHeld) entry.leases -= 1;
          isHeld = false;
          this.#tidy(entry);
        },
      };
    } catch (error) {
      this.#tidy(entry);
      throw error;
    }
  }

  /** Ends what is being encoded, and removes what lies there. */
  async close(): Promise<void> {
    this.#stopping.abort();
    for (const entry of [...this.#entries.values()]) this.#drop(entry);
    while (this.#working.size > 0) await Promise.all(this.#working);
  }

  #entry(order: EncodingOrder): Entry {
    const known = this.#entries.get(order.recordingId);
    if (known !== undefined) return known;
    const entry: Entry = {
      order,
      foreseen: 0,
      waiters: new Set(),
      leases: 0,
      file: null,
      running: null,
    };
    this.#entries.set(order.recordingId, entry);
    return entry;
  }

  /** Until it is encoded, and held. */
  #encoded(entry: Entry, signal: AbortSignal): Promise<void> {
    const { signal: stopping } = this.#stopping;
    const either = AbortSignal.any([signal, stopping]);
    return new Promise((resolve, reject) => {
      const end = (): void => {
        entry.waiters.delete(waiter);
        either.removeEventListener('abort', onAbort);
      };
      const onAbort = (): void => {
        end();
        reject(either.reason as Error);
      };
      const waiter: Waiter = {
        resolve: () => {
          end();
          // Held from now on: nothing may remove it before whoever waited has heard of it.
          entry.leases += 1;
          resolve();
        },
        reject: (error) => {
          end();
          reject(error);
        },
      };
      if (either.aborted) {
        reject(either.reason as Error);
        return;
      }
      either.addEventListener('abort', onAbort);
      entry.waiters.add(waiter);
      this.#next();
    });
  }

  /** Begins with as many as may be encoded at once: first what is waited for, then what is foreseen. */
  #next(): void {
    if (this.#stopping.signal.aborted) return;
    const wanted = this.#all().filter((entry) => !isBegun(entry) && isWanted(entry));
    wanted.sort((a, b) => Math.sign(b.waiters.size) - Math.sign(a.waiters.size));
    for (const entry of wanted) {
      const running = this.#all().filter((one) => one.running !== null).length;
      if (running >= this.#options.atOnce || !this.#makeRoom(entry)) return;
      this.#begin(entry);
    }
  }

  /** @returns whether there is room for an entry now */
  #makeRoom(wanted: Entry): boolean {
    const { mostBytes } = this.#options;
    const free = (): number =>
      mostBytes - this.#all().reduce((sum, entry) => sum + bytesOf(entry), 0);
    const needed = wanted.order.sizeBytes;
    const idle = this.#all().filter((entry) => entry.file !== null && entry.leases === 0);
    const kept = idle.filter((entry) => !isWanted(entry));
    for (const entry of kept) {
      if (free() >= needed) return true;
      this.#drop(entry);
    }
    if (free() >= needed) return true;
    if (wanted.waiters.size === 0) return false;
    // Somebody waits for it: what is only foreseen is encoded again when its turn has come, the last of it first.
    for (const entry of idle.filter((one) => isWanted(one) && one.waiters.size === 0).reverse()) {
      this.#remove(entry.file);
      entry.file = null;
      if (free() >= needed) return true;
    }
    return !this.#all().some(isBegun);
  }

  #begin(entry: Entry): void {
    const controller = new AbortController();
    entry.running = controller;
    const encoding = this.#options.encode(entry.order, controller.signal).then(
      (file) => {
        entry.running = null;
        if (this.#entries.get(entry.order.recordingId) !== entry) {
          this.#remove(file);
          return;
        }
        entry.file = file;
        for (const waiter of [...entry.waiters]) waiter.resolve();
        this.#tidySoon(entry);
      },
      (error: unknown) => {
        entry.running = null;
        if (this.#entries.get(entry.order.recordingId) !== entry) return;
        const waiters = [...entry.waiters];
        // What was foreseen is tried again when its turn has come, and then somebody hears of it.
        if (waiters.length === 0) this.#entries.delete(entry.order.recordingId);
        const reason = error instanceof Error ? error : new Error(messageOf(error));
        for (const waiter of waiters) waiter.reject(reason);
      },
    );
    this.#track(
      encoding.finally(() => {
        this.#next();
      }),
    );
  }

  /** Those who waited for it have their turn first. */
  #tidySoon(entry: Entry): void {
    setImmediate(() => {
      this.#tidy(entry);
    });
  }

  /** Lets go of what nobody wants any more. */
  #tidy(entry: Entry): void {
    const { recordingId } = entry.order;
    if (isWanted(entry) || this.#entries.get(recordingId) !== entry) return;
    if (entry.file === null || !this.#options.isStillWanted(recordingId)) this.#drop(entry);
    this.#next();
  }

  #drop(entry: Entry): void {
    this.#entries.delete(entry.order.recordingId);
    entry.running?.abort();
    this.#remove(entry.file);
    entry.file = null;
  }

  #remove(file: EncodedFile | null): void {
    // What is sent as it is lies elsewhere: it is the recording itself.
    if (file === null || dirname(file.path) !== this.#options.folder) return;
    this.#track(rm(file.path, { force: true }).catch(() => undefined));
  }

  #all(): Entry[] {
    return [...this.#entries.values()];
  }

  #track(work: Promise<void>): void {
    const tracked: Promise<void> = work.finally(() => {
      this.#working.delete(tracked);
    });
    this.#working.add(tracked);
  }
}

function isWanted({ foreseen, waiters, leases }: Entry): boolean {
  return foreseen > 0 || waiters.size > 0 || leases > 0;
}

function isBegun({ file, running }: Entry): boolean {
  return file !== null || running !== null;
}

function bytesOf({ file, running, order }: Entry): number {
  if (file !== null) return file.path === order.from ? 0 : file.sizeBytes;
  return running === null ? 0 : order.sizeBytes;
}
