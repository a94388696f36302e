import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { DataDiskState } from '@shared/model/station';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import { MARKER_NAME } from '../data-folder';
import type { EventBus } from '../events/bus';
import type { Logger } from '../logging/logger';
import type { Service, ServiceStatus } from '../service';
import {
  type DiskFacts,
  type DiskReserve,
  type DiskVerdict,
  judgeDisk,
  RESERVE,
} from './disk-state';
import { errorCode } from '../files/error-code';
import { ensureMarker, hasMarker, readMarker } from './marker';
import { probeWrite } from './write-probe';

export interface DataDiskOptions {
  readonly root: string;
  readonly stationId: string;
  /** What the station holds open: on a disk that comes back under another number it is lost. */
  readonly databaseFile: string;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly reserve?: DiskReserve;
  /** Default `probeWrite`. */
  readonly probe?: (root: string, device: number) => Promise<string | null>;
}

const LOOK_MS = 1_000;
/** Each probe is a write to a card that wears. */
const PROBE_MS = 30_000;
const PROBE_IN_TROUBLE_MS = 10_000;
/** A disk that has not answered for so long has failed. */
const PATIENCE_MS = 10_000;

/** Watches the disk that the recordings belong on: is it there, is it ours, can it be written? */
export class DataDiskWatch implements Service {
  readonly name = 'data_disk';
  readonly #options: DataDiskOptions;
  readonly #logger: Logger;
  readonly #nudge: Nudge;
  readonly #abort = new AbortController();
  #loop: Promise<void> | null = null;
  #verdict: DiskVerdict = { state: 'ok', detail: '' };
  /** `st_dev` of the marker when it was last known to be ours. */
  #device: number | null = null;
  /** `st_dev` and inode of the database when it was opened. */
  #database: string | null = null;
  #writeErrorCode: string | null = null;
  #suspected = true;
  #lastProbeMs = -Infinity;
  /** Free bytes then: where it was full, more of them is reason for another. */
  #freeAtProbe = 0;
  #lastLookMs = -Infinity;
  /** A look that the disk has not answered yet. */
  #looking: Promise<DiskFacts> | null = null;

  constructor(options: DataDiskOptions) {
    this.#options = options;
    this.#logger = options.logger.forService(this.name);
    this.#nudge = new Nudge(options.clock);
  }

  /** Resolves after the first look, so that whoever starts next knows whether it may write. */
  async start(): Promise<void> {
    if (this.#loop !== null) return;
    await this.#compareDatabase();
    await this.look();
    this.#loop = this.#run();
  }

  async stop(): Promise<void> {
    this.#abort.abort();
    this.#nudge.nudge();
    await this.#loop;
  }

  status(): ServiceStatus {
    const { state, detail } = this.#verdict;
    return {
      name: this.name,
      state: this.#abort.signal.aborted ? 'stopped' : state === 'ok' ? 'ok' : 'degraded',
      details: detail,
      counters: { state },
    };
  }

  /** May recordings be written? */
  usable(): boolean {
    return this.#verdict.state === 'ok';
  }

  state(): DiskVerdict {
    return this.#verdict;
  }

  /**
   * Is the disk there, looked at now? On another one every file would seem to be gone.
   * @throws Node's errors when that cannot be told
   */
  async isThere(): Promise<boolean> {
    return this.#verdict.state !== 'missing' && (await hasMarker(this.#options.root));
  }

  /** Somebody's write failed: the disk is probed at once, once a second at most. */
  suspect(): void {
    this.#suspected = true;
    if (this.#options.clock.monotonicMs() - this.#lastLookMs >= LOOK_MS) this.#nudge.nudge();
  }

  /** Looks now. Never throws; a disk that hangs is waited for no longer than some seconds. */
  async look(): Promise<void> {
    const { root, clock, reserve = RESERVE } = this.#options;
    this.#lastLookMs = clock.monotonicMs();
    const patience = new AbortController();
    const signal = AbortSignal.any([patience.signal, this.#abort.signal]);
    // One at a time: each that hangs holds a thread of the pool.
    this.#looking ??= this.#measure().finally(() => {
      this.#looking = null;
    });
    const facts = await Promise.race([
      this.#looking,
      clock.sleep(PATIENCE_MS, signal).then((elapsed) => (elapsed ? HANGING : null)),
    ]);
    patience.abort();
    if (facts === null) return; // stopped meanwhile
    this.#conclude(judgeDisk(root, facts, this.#verdict.state, reserve));
  }

  async #run(): Promise<void> {
    const { signal } = this.#abort;
    for (;;) {
      await this.#nudge.wait(LOOK_MS, signal);
      if (signal.aborted) return;
      try {
        await this.look();
      } catch (error) {
        this.#logger.error('data_disk.look_failed', 'A look at the data disk failed.', { error });
      }
    }
  }

  async #measure(): Promise<DiskFacts> {
    const { root } = this.#options;
    const blank = { otherStation: null, space: null, inodes: null, writeErrorCode: null };
    const marker = await this.#findMarker();
    if (typeof marker !== 'number') return { ...blank, marker };
    const device = marker;
    if (device !== this.#device || this.#verdict.state === 'missing') {
      const other = await this.#otherStation();
      if (other !== null) return { ...blank, marker: 'here', otherStation: other };
      this.#device = device;
      this.#suspected = true; // the same disk, but who knows how it was mounted
    }
    await this.#compareDatabase();
    const disk = await statfs(root).catch(() => null);
    const free = disk === null ? 0 : disk.bavail * disk.bsize;
    await this.#probe(device, free);
    return {
      marker: 'here',
      otherStation: null,
      space: disk === null ? null : { freeBytes: free, totalBytes: disk.blocks * disk.bsize },
      inodes: disk === null || disk.files === 0 ? null : { free: disk.ffree, total: disk.files },
      writeErrorCode: this.#writeErrorCode,
    };
  }

  /** @returns the `st_dev` that the marker is on, or what the look for it came to */
  async #findMarker(): Promise<number | Exclude<DiskFacts['marker'], 'here'>> {
    const { root, databaseFile, stationId, clock } = this.#options;
    try {
      return (await stat(join(root, MARKER_NAME))).dev;
    } catch (error) {
      const code = errorCode(error);
      if (code !== 'ENOENT' && code !== 'ENOTDIR') return { errorCode: code };
    }
    const database = await stat(databaseFile).catch(() => null);
    if (database === null || identityOf(database) !== this.#database) return 'gone';
    // The marker alone was removed: no reason to stop recording.
    const marked = await ensureMarker(root, stationId, clock.wallMs()).catch(() => null);
    if (marked !== null) {
      this.#logger.warn(
        'data_disk.marked',
        'The marker of the data folder was missing; it is made anew.',
      );
    }
    return database.dev;
  }

  /** The id of the station whose marker lies there, unless it is ours or cannot be read. */
  async #otherStation(): Promise<string | null> {
    const marker = await readMarker(this.#options.root);
    if (typeof marker !== 'object') return null;
    return marker.stationId === this.#options.stationId ? null : marker.stationId;
  }

  async #compareDatabase(): Promise<void> {
    const found = await stat(this.#options.databaseFile).catch(() => null);
    if (found === null) return;
    const database = identityOf(found);
    if (this.#database !== null && this.#database !== database) {
      this.#logger.error(
        'data_disk.replaced',
        'The data disk is back, but the database that is open was lost with it: the station must be opened anew.',
      );
      this.#options.bus.emit('data_disk.replaced');
    }
    this.#database = database;
  }

  async #probe(device: number, freeBytes: number): Promise<void> {
    const { root, clock, probe = probeWrite } = this.#options;
    const sinceMs = clock.monotonicMs() - this.#lastProbeMs;
    const wasFull = this.#writeErrorCode === 'ENOSPC' || this.#writeErrorCode === 'EDQUOT';
    const due =
      this.#suspected ||
      sinceMs >= (this.#writeErrorCode === null ? PROBE_MS : PROBE_IN_TROUBLE_MS) ||
      (wasFull && freeBytes > this.#freeAtProbe);
    if (!due) return;
    this.#suspected = false;
    this.#lastProbeMs = clock.monotonicMs();
    this.#freeAtProbe = freeBytes;
    this.#writeErrorCode = await probe(root, device);
  }

  #conclude(verdict: DiskVerdict): void {
    const before = this.#verdict.state;
    if (verdict.state === before) return; // its figures stay those of the moment at which it began
    this.#verdict = verdict;
    this.#tell(verdict, before);
    this.#options.bus.emit('data_disk.changed', { state: verdict.state });
  }

  #tell({ state, detail }: DiskVerdict, before: DataDiskState): void {
    if (state === 'ok') {
      this.#logger.info('data_disk.recovered', 'The data disk can be written again.', { before });
    } else {
      this.#logger.error('data_disk.trouble', detail, { state, before });
    }
  }
}

function identityOf(file: { readonly dev: number; readonly ino: number }): string {
  return `${String(file.dev)}:${String(file.ino)}`;
}

const HANGING: DiskFacts = {
  marker: { errorCode: 'ETIMEDOUT' },
  otherStation: null,
  space: null,
  inodes: null,
  writeErrorCode: null,
};
