import { setImmediate as nextTurn } from 'node:timers/promises';
import type { DeviceKind } from '@shared/model/device';
import type { ImportItemState, ImportOptions, ImportState } from '@shared/model/import';
import { toInstant } from '@shared/model/time';
import type { Clock } from '../clock/clock';
import type { EventBus } from '../events/bus';
import { messageOf } from '../error-message';
import { errorCode } from '../files/error-code';
import { contentId } from './content-id';
import { ImportHands } from './import-hands';
import {
  emptyTally,
  type ImportJournal,
  type ImportTally,
  type ItemOutcome,
  type WaitingItem,
} from './import-journal';
import type { FoundItem, Taken, TakenFile } from './import-orders';
import { ImportRate } from './import-rate';
import type { ImportedRegistrar } from './imported-registrar';
import type { KnownSounds } from './known-sounds';
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
  readonly minFreeGb: () => number | null;
}

/** How a run ended. */
export interface RunEnd {
  readonly state: Extract<ImportState, 'done' | 'paused' | 'cancelled' | 'failed'>;
  readonly problem: string | null;
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
/** Rows of one transaction: a few milliseconds. */
const GROUP_ROWS = 8;
/** After a recorder lost sound, nothing is copied for so long. */
const QUIET_MS = 30_000;

/** One import from its start, or from where it was left, to its end. */
export class ImportRun {
  readonly id: number;
  readonly #options: ImportRunOptions;
  readonly #sources: readonly string[];
  readonly #wishes: ImportOptions & { readonly timezone: string };
  readonly #hands: ImportHands;
  readonly #rate = new ImportRate();
  readonly #abort = new AbortController();
  #halt: 'paused' | 'cancelled' | null = null;
  /** null: not counted yet. */
  #tally: ImportTally | null = null;
  #current: string | null = null;
  #pending: Pending[] = [];
  #quietUntilMs = -Infinity;
  #version = 0;

  constructor(
    options: ImportRunOptions,
    task: {
      readonly id: number;
      readonly sources: readonly string[];
      readonly wishes: ImportOptions & { readonly timezone: string };
    },
  ) {
    this.id = task.id;
    this.#options = options;
    this.#sources = task.sources;
    this.#wishes = task.wishes;
    const { workerUrl, dataRoot, ffmpeg } = options;
    this.#hands = new ImportHands(workerUrl, { dataRoot, ffmpeg });
  }

  /** Ends the run as soon as can be; what is copied stays. */
  halt(as: 'paused' | 'cancelled'): void {
    this.#halt ??= as;
    this.#hands.halt();
    this.#abort.abort();
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
    bytesPerS: number | null;
    secondsLeft: number | null;
  } {
    const { files, bytes } = this.#tally ?? emptyTally();
    const unsettledBytes = this.#unsettledBytes();
    const left = { files: files.waiting, bytes: Math.max(0, bytes.waiting - unsettledBytes) };
    this.#noteRate();
    return { tally: this.#tally, unsettledBytes, current: this.#current, ...this.#rate.pace(left) };
  }

  /** Never throws. */
  async run(): Promise<RunEnd> {
    const { bus } = this.#options;
    bus.on('sound.lost', this.#onSoundLost);
    try {
      const trouble = await this.#work();
      if (trouble !== null) return { state: 'failed', problem: trouble };
      return { state: this.#halt ?? 'done', problem: null };
    } catch (error) {
      if (this.#halt !== null) return { state: this.#halt, problem: null };
      return { state: 'failed', problem: diskTrouble(error) };
    } finally {
      bus.off('sound.lost', this.#onSoundLost);
      await this.#hands.close();
      this.#current = null;
      this.#version += 1;
    }
  }

  readonly #onSoundLost = (): void => {
    this.#quietUntilMs = this.#options.clock.monotonicMs() + QUIET_MS;
  };

  /** @returns why it could not go on; null: it came to its end, or was halted */
  async #work(): Promise<string | null> {
    const { journal, diskProblem } = this.#options;
    const problem = diskProblem();
    if (problem !== null) return problem;
    await this.#hands.prepare();
    journal.retryFailed(this.id);
    const before = await journal.tally(this.id);
    this.#tally = before;
    const isFresh = itemsIn(before) === 0;
    const isWhole = await this.#hands.find(this.#sources, (items, listed) => {
      journal.add(this.id, items, listed);
      if (isFresh) this.#count(before, items);
    });
    if (!isWhole) return null;
    this.#tally = await journal.tally(this.id);
    journal.setState(this.id, 'copying');
    this.#version += 1;
    try {
      const trouble = await this.#takeAll();
      await this.#flush();
      return trouble;
    } finally {
      await this.#dropPending();
    }
  }

  async #takeAll(): Promise<string | null> {
    const { journal } = this.#options;
    for (let after = 0; ;) {
      const items = journal.waiting(this.id, after, PAGE);
      if (items.length === 0) return null;
      for (const item of items) {
        after = item.id;
        const trouble = await this.#takeOne(item);
        if (trouble !== null || this.#halt !== null) return trouble;
      }
    }
  }

  async #takeOne(item: WaitingItem): Promise<string | null> {
    const { diskProblem, minFreeGb } = this.#options;
    await this.#rest();
    if (this.#halt !== null) return null;
    const problem = diskProblem();
    if (problem !== null) return problem;
    this.#current = item.path;
    this.#version += 1;
    const { timezone } = this.#wishes;
    const source = this.#sourceOf(item.path);
    const taken = await this.#hands.take({ ...item, source, timezone, minFreeGb: minFreeGb() });
    this.#noteRate();
    return this.#conclude(item, taken);
  }

  async #conclude(item: WaitingItem, taken: Taken): Promise<string | null> {
    switch (taken.kind) {
      case 'stopped':
        return null;
      case 'halted':
        return taken.detail;
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
    const isTwin = ({ file: other }: Pending): boolean =>
      other.sourceSha256 === file.sourceSha256 ||
      (file.audioSha256 !== null && other.audioSha256 === file.audioSha256);
    // What is the same may be among those that have no row yet.
    if (this.#pending.some(isTwin)) await this.#flush();
    const known = this.#options.known.find(file);
    if (known !== null) {
      await this.#hands.drop([file.copy]);
      this.#finish(item, 'duplicate', known.recordingId, known.detail);
      return;
    }
    this.#pending.push({ item, file, sidecar: this.#sidecar(item, file) });
    const bytes = this.#pending.reduce((sum, one) => sum + one.file.sizeBytes, 0);
    if (this.#pending.length >= GROUP_FILES || bytes >= GROUP_BYTES) await this.#flush();
  }

  /** Gives the copies their places and their rows. */
  async #flush(): Promise<void> {
    const group = this.#pending;
    if (group.length === 0) return;
    await this.#hands.keep(
      group.map(({ file, sidecar }) => ({
        copy: file.copy,
        id: sidecar.id,
        sidecar: formatSidecar(sidecar),
      })),
    );
    this.#pending = [];
    for (let at = 0; at < group.length; at += GROUP_ROWS) {
      this.#register(group.slice(at, at + GROUP_ROWS));
      await nextTurn();
    }
  }

  #register(group: readonly Pending[]): void {
    const { journal, registrar, clock, bus } = this.#options;
    const sidecars = group.map(({ sidecar }) => sidecar);
    const outcomes: ItemOutcome[] = [];
    const rows = registrar.register(sidecars, clock.wallMs(), (registered) => {
      registered.forEach(({ id: recordingId, isBack }, i) => {
        const one = group[i];
        if (one === undefined) return;
        const outcome = outcomeOf(one, recordingId, isBack);
        outcomes.push(outcome);
        journal.finish(outcome);
      });
    });
    rows.forEach(({ id, isNew }, i) => {
      const [one, outcome] = [group[i], outcomes[i]];
      if (one === undefined || outcome === undefined) return;
      this.#recount(one.item, outcome.state);
      const { device, time } = one.sidecar;
      if (isNew) bus.emit('recording.indexed', { id, device: device.name, time });
    });
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

function outcomeOf({ item, file }: Pending, recordingId: number, isBack: boolean): ItemOutcome {
  const back = isBack ? 'its recording was there before: its file is back' : '';
  const detail = [file.changes, file.time.note, back].filter((one) => one !== '').join('; ');
  return { id: item.id, state: file.recovered ? 'repaired' : 'imported', recordingId, detail };
}

function itemsIn({ files }: ImportTally): number {
  return Object.values(files).reduce((a, b) => a + b, 0);
}

function diskTrouble(error: unknown): string {
  const code = errorCode(error);
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === 'SQLITE_FULL') {
    return 'The data disk is full.';
  }
  return messageOf(error);
}
