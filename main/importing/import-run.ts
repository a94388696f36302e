import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceKind } from '@shared/model/device';
import type { ImportItemState, ImportOptions, ImportState } from '@shared/model/import';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import { Nudge } from '../clock/nudge';
import type { EventBus } from '../events/bus';
import { messageOf } from '../error-message';
import { codesOf } from '../files/error-code';
import { contentId } from './content-id';
import { ImportHands } from './import-hands';
import type { KeptRoom } from './import-room';
import {
  emptyTally,
  type ImportJournal,
  type ImportTally,
  type ItemOutcome,
  type WaitingItem,
} from './import-journal';
import type { FoundItem, Taken, TakenFile } from './import-orders';
import { ImportRate } from './import-rate';
import type { ImportedRegistrar, RegisteredImport } from './imported-registrar';
import { asWhole, type HeardFile, type KnownSound, type KnownSounds } from './known-sounds';
import { formatSidecar, type Sidecar } from './sidecar';
import { nameOf, pathBytes } from './source-path';

export interface ImportRunOptions {
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly journal: ImportJournal;
  readonly registrar: ImportedRegistrar;
  readonly known: KnownSounds;
  readonly dataRoot: string;
  readonly workerUrl: URL;
  /** Program name or path. */
  readonly ffmpeg: string;
  /** Of a device that the station knows; null: it knows none of that name. */
  readonly deviceKind: (name: string) => DeviceKind | null;
  /** Why nothing may be written to the data disk now; null: it may. */
  readonly diskProblem: () => string | null;
  /** Does the wall clock tell what lies in the future? */
  readonly clockTrusted: () => boolean;
  /** What of the data disk is not for imports. */
  readonly kept: () => KeptRoom;
  /** Does work on files and rows while nobody else does. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Moves the database's log into the database, off the main loop. */
  readonly foldLog: () => Promise<void>;
}

/** What a run is to do, and whom it tells. */
interface ImportTask {
  readonly id: number;
  readonly sources: readonly string[];
  readonly wishes: ImportOptions & { readonly timezone: string };
  /** It waits for the data disk, and why; null: it goes on. */
  readonly onWaiting: (problem: string | null) => void;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: Extract<ImportState, 'done' | 'paused' | 'cancelled' | 'failed'>;
  readonly problem: string | null;
}

/** Why nothing more is taken now. */
interface Stop {
  readonly problem: string;
  /** It is waited for: the data disk is short, or not to be written to. */
  readonly passes: boolean;
}

/** A copy that waits for its place. */
interface Pending {
  readonly item: WaitingItem;
  readonly file: TakenFile;
  readonly sidecar: Sidecar;
}

const PAGE = 100;
/** So many are forced to the disk together … */
const GROUP_FILES = 64;
/** … or so much. */
const GROUP_BYTES = 64 * 1024 * 1024;
/** Rows of one transaction: each has some twenty indexes, and a slow machine takes three milliseconds for it. */
const GROUP_ROWS = 3;
/** Smaller ones are copied as soon as they are read. */
const HASHED_FIRST_BYTES = 256 * 1024;
/** So many rows fill half of what the log of the database may hold before a commit must empty it, on the main loop. */
const FOLDED_ROWS = 192;
/** After a recorder lost sound, nothing is copied for so long. */
const QUIET_MS = 30_000;
/** What the data disk refused is tried again after so long, or when something is told of it. */
const AGAIN_MS = 30_000;
/** A source's time may lie so far ahead of ours. */
const AHEAD_MS = 86_400_000;
/** Codes of errors that pass when somebody makes room … */
const FULL = ['ENOSPC', 'EDQUOT', 'SQLITE_FULL'];
/** … or mounts the disk so that it can be written. */
const PASSING = [...FULL, 'EROFS'];

/** One import from its start, or from where it was left, to its end. */
export class ImportRun {
  readonly id: number;
  readonly #options: ImportRunOptions;
  readonly #sources: readonly string[];
  readonly #wishes: ImportTask['wishes'];
  readonly #onWaiting: ImportTask['onWaiting'];
  readonly #nudge: Nudge;
  readonly #hands: ImportHands;
  readonly #rate = new ImportRate();
  readonly #abort = new AbortController();
  #halt: 'paused' | 'cancelled' | null = null;
  /** null: not counted yet. */
  #tally: ImportTally | null = null;
  #current: string | null = null;
  #pending: Pending[] = [];
  #unfoldedRows = 0;
  #quietUntilMs = -Infinity;
  #version = 0;
  #isFound = false;
  #waitsFor: string | null = null;

  constructor(options: ImportRunOptions, task: ImportTask) {
    this.id = task.id;
    this.#options = options;
    this.#sources = task.sources;
    this.#wishes = task.wishes;
    this.#onWaiting = task.onWaiting;
    this.#nudge = new Nudge(options.clock);
    const { workerUrl, dataRoot, ffmpeg } = options;
    this.#hands = new ImportHands(workerUrl, { dataRoot, ffmpeg });
  }

  /** Ends the run as soon as can be; what is copied stays. */
  halt(as: 'paused' | 'cancelled'): void {
    this.#halt ??= as;
    this.#hands.halt();
    this.#abort.abort();
  }

  /** One that waits for the data disk looks at it now. */
  tryAgain(): void {
    this.#nudge.nudge();
  }

  /** Changes with every change of what `progress` tells. */
  get version(): number {
    return this.#version;
  }

  progress(): {
    /** null: not counted yet. */
    tally: ImportTally | null;
    /** Copied, and not written down yet. */
    unsettledBytes: number;
    current: string | null;
    /** What it waits for, as a sentence; null: it goes on. */
    problem: string | null;
    bytesPerS: number | null;
    secondsLeft: number | null;
  } {
    const { files, bytes } = this.#tally ?? emptyTally();
    const unsettledBytes = this.#unsettledBytes();
    const left = { files: files.waiting, bytes: Math.max(0, bytes.waiting - unsettledBytes) };
    this.#noteRate();
    return {
      tally: this.#tally,
      unsettledBytes,
      current: this.#current,
      problem: this.#waitsFor,
      ...this.#rate.pace(left),
    };
  }

  /** Never throws. */
  async run(): Promise<RunEnd> {
    const { bus } = this.#options;
    bus.on('sound.lost', this.#onSoundLost);
    bus.on('data_disk.changed', this.#onChange);
    bus.on('settings.changed', this.#onChange);
    try {
      for (;;) {
        const stop = await this.#try();
        if (this.#halt !== null) return { state: this.#halt, problem: null };
        if (stop === null) return { state: 'done', problem: null };
        if (!stop.passes) return { state: 'failed', problem: stop.problem };
        await this.#waitFor(stop.problem);
      }
    } finally {
      bus.off('sound.lost', this.#onSoundLost);
      bus.off('data_disk.changed', this.#onChange);
      bus.off('settings.changed', this.#onChange);
      await this.#hands.close();
      this.#current = null;
      this.#version += 1;
    }
  }

  readonly #onSoundLost = (): void => {
    this.#quietUntilMs = this.#options.clock.monotonicMs() + QUIET_MS;
  };

  readonly #onChange = (): void => {
    this.#nudge.nudge();
  };

  /** Recording comes first: what the data disk has no room for waits until it has. */
  async #waitFor(problem: string): Promise<void> {
    const isNews = this.#waitsFor === null;
    this.#waitsFor = problem;
    this.#current = null;
    this.#version += 1;
    if (isNews) this.#onWaiting(problem);
    await this.#nudge.wait(AGAIN_MS, this.#abort.signal);
  }

  #goOn(): void {
    if (this.#waitsFor === null) return;
    this.#waitsFor = null;
    this.#version += 1;
    this.#onWaiting(null);
  }

  /** @returns why it did not come to its end; null: it did, or was halted */
  async #try(): Promise<Stop | null> {
    const { diskProblem } = this.#options;
    try {
      const problem = diskProblem();
      if (problem !== null) return { problem, passes: true };
      if (!this.#isFound && !(await this.#find())) return null;
      return await this.#work();
    } catch (error) {
      return stopOf(error, diskProblem());
    }
  }

  /** @returns false when it was halted */
  async #find(): Promise<boolean> {
    const { bus, journal } = this.#options;
    await this.#hands.prepare();
    journal.retryFailed(this.id);
    const before = await journal.tally(this.id);
    this.#tally = before;
    const isFresh = itemsIn(before) === 0;
    const isWhole = await this.#hands.find(this.#sources, (items, listed) => {
      journal.add(this.id, items, listed);
      if (isFresh) this.#count(before, items);
    });
    if (!isWhole) return false;
    this.#tally = await journal.tally(this.id);
    journal.setState(this.id, 'copying');
    const { imported, repaired } = this.#tally.files;
    bus.emit('import.changed', { id: this.id, state: 'copying', imported: imported + repaired });
    this.#version += 1;
    this.#isFound = true;
    return true;
  }

  async #work(): Promise<Stop | null> {
    try {
      const stop = await this.#takeAll();
      try {
        await this.#flush();
      } catch (error) {
        if (stop === null) throw error;
      }
      return stop;
    } finally {
      await this.#dropPending();
    }
  }

  async #takeAll(): Promise<Stop | null> {
    const { journal } = this.#options;
    for (let after = 0; ;) {
      const items = journal.waiting(this.id, after, PAGE);
      if (items.length === 0) return null;
      for (const item of items) {
        after = item.id;
        const stop = await this.#takeOne(item);
        if (stop !== null || this.#halt !== null) return stop;
      }
    }
  }

  async #takeOne(item: WaitingItem): Promise<Stop | null> {
    const { diskProblem, kept } = this.#options;
    await this.#rest();
    if (this.#halt !== null) return null;
    const problem = diskProblem();
    if (problem !== null) return { problem, passes: true };
    this.#current = item.path;
    this.#version += 1;
    const { timezone } = this.#wishes;
    const source = this.#sourceOf(item.path);
    const latestMs = this.#latestMs();
    const order = { ...item, source, timezone, latestMs, kept: kept() };
    if (this.#isLikelyKnown(item)) {
      const hashed = await this.#hands.take({ ...order, onlyHash: true });
      if (hashed.kind !== 'hashed') return this.#conclude(item, hashed);
      const known = await this.#knownAs(asWhole(hashed.sourceSha256));
      this.#noteRate();
      if (known !== null) {
        this.#goOn();
        this.#finishKnown(item, known);
        return null;
      }
    }
    const taken = await this.#hands.take({ ...order, onlyHash: false });
    this.#noteRate();
    return this.#conclude(item, taken);
  }

  /** A recorder's clock may go wrong by hours and its zone be another; a day ahead nobody can have recorded. */
  #latestMs(): number | null {
    const { clock, clockTrusted } = this.#options;
    return clockTrusted() ? clock.wallMs() + AHEAD_MS : null;
  }

  /** A card that was imported before is read again, but not copied again. */
  #isLikelyKnown({ path, sizeBytes }: WaitingItem): boolean {
    const { known } = this.#options;
    return sizeBytes >= HASHED_FIRST_BYTES && known.isLikely(nameOf(path), sizeBytes);
  }

  async #conclude(item: WaitingItem, taken: Taken): Promise<Stop | null> {
    if (taken.kind !== 'halted') this.#goOn();
    switch (taken.kind) {
      case 'stopped':
      case 'hashed':
        return null;
      case 'halted':
        return { problem: taken.detail, passes: taken.why !== 'source_gone' };
      case 'refused':
      case 'failed':
        this.#finish(item, taken.kind, null, taken.detail);
        return null;
      case 'copied':
        await this.#settle(item, taken);
        return null;
    }
  }

  async #settle(item: WaitingItem, file: TakenFile): Promise<void> {
    const hashes = [file.sourceSha256, file.sha256];
    const isTwin = ({ file: other }: Pending): boolean =>
      hashes.includes(other.sourceSha256) ||
      hashes.includes(other.sha256) ||
      (file.audioSha256 !== null && other.audioSha256 === file.audioSha256);
    // What is the same may be among those that have no row yet.
    if (this.#pending.some(isTwin)) await this.#flush();
    const known = await this.#knownAs(file);
    if (known !== null) {
      await this.#hands.drop([file.copy]);
      this.#finishKnown(item, known);
      return;
    }
    this.#pending.push({ item, file, sidecar: this.#sidecar(item, file) });
    const bytes = this.#pending.reduce((sum, one) => sum + one.file.sizeBytes, 0);
    if (this.#pending.length >= GROUP_FILES || bytes >= GROUP_BYTES) await this.#flush();
  }

  #finishKnown(item: WaitingItem, { isInBin, recordingId, detail }: KnownSound): void {
    this.#finish(item, isInBin ? 'in_bin' : 'duplicate', recordingId, detail);
  }

  /** A card is emptied on this word: no row is believed whose file is not there. */
  async #knownAs(file: HeardFile): Promise<KnownSound | null> {
    const { alone, known } = this.#options;
    const sounds = known.find(file);
    if (sounds.length === 0) return null;
    let found = await this.#firstThere(sounds);
    if (found !== null) return found;
    // One that was just being renamed only seemed to be gone.
    await alone(async () => {
      found = await this.#firstThere(known.find(file));
    });
    return found;
  }

  async #firstThere(sounds: readonly KnownSound[]): Promise<KnownSound | null> {
    const isThere = await this.#hands.look(
      sounds.map(({ path, sizeBytes }) => ({ path, sizeBytes })),
    );
    return sounds.find((_, i) => isThere[i] === true) ?? null;
  }

  /** Gives the copies their places and their rows. */
  async #flush(): Promise<void> {
    const group = this.#pending;
    if (group.length === 0) return;
    const files = group.map(({ file, sidecar }) => ({
      copy: file.copy,
      id: sidecar.id,
      sidecar: formatSidecar(sidecar),
    }));
    await onDataDisk(this.#hands.settle(files));
    // A purge of what had this place before must not come between a file and its row.
    await this.#options.alone(async () => {
      await onDataDisk(this.#hands.place(files));
      this.#pending = [];
      for (let at = 0; at < group.length; at += GROUP_ROWS) {
        this.#register(group.slice(at, at + GROUP_ROWS));
        await nextTurn();
      }
    });
    this.#unfoldedRows += group.length;
    if (this.#unfoldedRows < FOLDED_ROWS) return;
    this.#unfoldedRows = 0;
    // Where it cannot be had now, whoever looks after the database does it within seconds.
    await this.#options.foldLog().catch(() => undefined);
  }

  #register(group: readonly Pending[]): void {
    const { journal, registrar, clock, bus } = this.#options;
    const sidecars = group.map(({ sidecar }) => sidecar);
    const outcomes: ItemOutcome[] = [];
    const alongside = (registered: readonly RegisteredImport[]): void => {
      registered.forEach((row, i) => {
        const one = group[i];
        if (one === undefined) return;
        const outcome = outcomeOf(one, row);
        outcomes.push(outcome);
        journal.finish(outcome);
      });
    };
    const rows = registrar.register(sidecars, clock.wallMs(), { outOfBin: true, alongside });
    rows.forEach(({ id, isNew }, i) => {
      const [one, outcome] = [group[i], outcomes[i]];
      if (one === undefined || outcome === undefined) return;
      this.#recount(one.item, outcome.state);
      const { device, time } = one.sidecar;
      if (isNew) {
        bus.emit('recording.indexed', { id, device: device.name, time, source: 'import' });
      }
    });
    const back = rows.filter(({ isNew }) => !isNew).length;
    if (back > 0) bus.emit('recordings.changed', { recordings: back });
  }

  async #dropPending(): Promise<void> {
    const copies = this.#pending.map(({ file }) => file.copy);
    this.#pending = [];
    // If even that fails, the next import clears them away.
    if (copies.length > 0) await this.#hands.drop(copies).catch(() => undefined);
  }

  #sidecar(item: WaitingItem, file: TakenFile): Sidecar {
    const { time } = file;
    const { clock } = this.#options;
    return {
      version: 1,
      id: contentId(file.sourceSha256),
      originalName: nameOf(item.path),
      originalPath: item.path,
      sourceSizeBytes: file.sourceSizeBytes,
      sourceModifiedAt: toInstant(file.sourceModifiedMs),
      sourceSha256: file.sourceSha256,
      sizeBytes: file.sizeBytes,
      sha256: file.sha256,
      audioSha256: file.audioSha256,
      sampleRateHz: file.sampleRateHz,
      channels: file.channels,
      bitsPerSample: file.bitsPerSample,
      frames: file.frames,
      time: toInstant(time.utcMs),
      timeSource: time.source,
      timeText: time.text,
      timezone: time.timezone,
      device: this.#deviceOf(file),
      simulated: file.simulated,
      recovered: file.recovered,
      changes: file.changes,
      tags: this.#wishes.tags,
      importId: this.id,
      importedAt: toInstant(clock.wallMs()),
    };
  }

  /** What a file says of itself must not make it a recording of one of our microphones; a person may. */
  #deviceOf({ device }: TakenFile): Sidecar['device'] {
    const wished = this.#wishes.device;
    if (wished !== undefined) return { name: wished, displayName: wished };
    const kind = this.#options.deviceKind(device.name);
    if (kind === null || kind === 'imported') return device;
    return { ...device, name: `imported-${device.name}` };
  }

  #sourceOf(path: string): string {
    const plain = pathBytes(path).toString('utf8');
    const above = this.#sources.find(
      (source) =>
        plain === source || plain.startsWith(source.endsWith('/') ? source : `${source}/`),
    );
    return above ?? path;
  }

  /** While recorders lose sound, nothing else uses the disks. */
  async #rest(): Promise<void> {
    const { clock } = this.#options;
    for (;;) {
      const ms = this.#quietUntilMs - clock.monotonicMs();
      if (ms <= 0 || this.#halt !== null) return;
      await clock.sleep(ms, this.#abort.signal);
    }
  }

  #finish(
    item: WaitingItem,
    state: ImportItemState,
    recordingId: number | null,
    detail: string,
  ): void {
    this.#options.journal.finish({ id: item.id, state, recordingId, detail });
    this.#recount(item, state);
  }

  #recount({ sizeBytes }: WaitingItem, state: ImportItemState): void {
    if (this.#tally === null) return;
    const { files, bytes } = this.#tally;
    files.waiting -= 1;
    bytes.waiting -= sizeBytes;
    files[state] += 1;
    bytes[state] += sizeBytes;
    this.#version += 1;
  }

  #count(tally: ImportTally, items: readonly FoundItem[]): void {
    for (const { state, sizeBytes } of items) {
      tally.files[state] += 1;
      tally.bytes[state] += sizeBytes;
    }
    this.#version += 1;
  }

  #unsettledBytes(): number {
    return this.#pending.reduce((sum, { item }) => sum + item.sizeBytes, this.#hands.bytes);
  }

  #noteRate(): void {
    if (this.#tally === null) return;
    const { files, bytes } = this.#tally;
    const sum = (counts: Record<ImportItemState, number>): number =>
      Object.values(counts).reduce((a, b) => a + b, 0) - counts.waiting;
    const nowMs = this.#options.clock.monotonicMs();
    this.#rate.note(nowMs, sum(bytes) + this.#unsettledBytes(), sum(files));
  }
}

function outcomeOf({ item, file }: Pending, { id, isNew }: RegisteredImport): ItemOutcome {
  const back = isNew ? '' : 'its recording was there before: its file is back';
  const detail = [file.changes, file.time.note, back].filter((one) => one !== '').join('; ');
  return { id: item.id, state: file.recovered ? 'repaired' : 'imported', recordingId: id, detail };
}

function itemsIn({ files }: ImportTally): number {
  return Object.values(files).reduce((a, b) => a + b, 0);
}

/** A write to the data disk that failed. `cause` says why. */
class DataDiskError extends Error {}

/** @throws DataDiskError */
async function onDataDisk(work: Promise<void>): Promise<void> {
  try {
    await work;
  } catch (cause) {
    throw new DataDiskError(`Nothing can be written to the data disk: ${messageOf(cause)}.`, {
      cause,
    });
  }
}

/** @param diskProblem what is known of the data disk */
function stopOf(error: unknown, diskProblem: string | null): Stop {
  if (diskProblem !== null) return { problem: diskProblem, passes: true };
  const codes = codesOf(error);
  const isFull = FULL.some((code) => codes.includes(code));
  return {
    problem: isFull ? 'The data disk is full.' : messageOf(error),
    passes: error instanceof DataDiskError || PASSING.some((code) => codes.includes(code)),
  };
}
