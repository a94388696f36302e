import { randomUUID } from 'node:crypto';
import type { Export, ExportFormat } from '@shared/model/export';
import type { Recording, Selection, Stream } from '@shared/model/recording';
import type { Clock } from '../clock/clock';
import { Mailbox } from '../events/mailbox';
import type { Logger } from '../logging/logger';
import { ConflictError, InvalidValueError, NotFoundError } from '../request-error';
import { selectionSummary } from '../selection-summary';
import type { Service, ServiceStatus } from '../service';
import type { FlacEncoder } from '../wav/flac-encoder';
import type { Position } from './data-package';
import { ExportProgress } from './export-progress';
import { carryOutExport, type EndedBy } from './export-run';
import { exportFolderName } from './file-names';
import type { Records, Totals } from './records';
import { makeTargetFolder } from './target-folder';

export interface ExportRequest {
  readonly selection: Selection;
  readonly format: ExportFormat;
  readonly streams: readonly Stream[];
  /** An absolute path. */
  readonly folder: string;
}

export interface ExporterParts {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly records: Records;
  readonly flac: FlacEncoder;
  /** Numbers of all recordings of a selection; there may be some that are not there. */
  readonly ids: (selection: Selection) => Promise<ArrayLike<number>>;
  /** A few hundred at most; what is not there is left out. */
  readonly byIds: (ids: readonly number[]) => Recording[];
  readonly dataRoot: string;
  /** Is the disk with the recordings there, looked at now? */
  readonly diskIsThere: () => Promise<boolean>;
  readonly station: () => { readonly name: string; readonly position: Position | null };
  /** How full the data disk may become, percent. */
  readonly dataDiskLimitPercent: () => number;
  /** Name and version. */
  readonly software: string;
}

interface Known {
  readonly id: string;
  readonly progress: ExportProgress;
  readonly readers: Set<Mailbox<true>>;
  readonly controller: AbortController;
  ended: Promise<void>;
}

/** Readers are told four times a second at most. */
const SHORTEST_MS = 250;
const REMEMBERED = 50;
/** What a folder entry and the rounding to blocks take, per file, bytes. */
const PER_FILE = 8192;
const PER_LINE = 1024;
/** Of the WAV file; noise compresses worst. */
const FLAC_SHARE = 0.75;

/** Copies recordings to where people want them, one export at a time. */
export class Exporter implements Service {
  readonly name = 'exporter';
  readonly #parts: ExporterParts;
  /** The newest first. */
  #known: Known[] = [];
  /** Holds the one place, from the first question on. */
  #busyWith: string | null = null;
  #beginning: Promise<unknown> = Promise.resolve();
  #stopping = false;
  #done = 0;

  constructor(parts: ExporterParts) {
    this.#parts = parts;
  }

  start(): Promise<void> {
    return Promise.resolve();
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    // What is just beginning is known when it has begun.
    await this.#beginning;
    await this.#end('console');
  }

  status(): ServiceStatus {
    const running = this.#known.find(({ progress }) => progress.state === 'running');
    const now = running?.progress.snapshot();
    return {
      name: this.name,
      state: this.#stopping ? 'stopped' : 'ok',
      details:
        now === undefined
          ? ''
          : `exporting ${String(now.recordings)} recordings, ${String(now.done)} done`,
      counters: { exports_total: this.#done, running: now === undefined ? 0 : 1 },
    };
  }

  /**
   * Begins an export.
   * @param actor who asked, for the audit log, e.g. `page`
   * @throws ConflictError while another one runs; InvalidValueError `selection`, `format` or `folder`
   */
  async begin(request: ExportRequest, actor: string): Promise<Export> {
    if (this.#busyWith !== null || this.#stopping) {
      const id = this.#busyWith ?? '';
      throw new ConflictError(
        'export_running',
        id,
        'Another export runs; only one does at a time.',
      );
    }
    const id = randomUUID();
    this.#busyWith = id;
    try {
      const preparing = this.#prepare(id, request, actor);
      this.#beginning = preparing.catch(() => undefined);
      const known = await preparing;
      known.ended = known.ended.finally(() => {
        this.#busyWith = null;
      });
      return known.progress.snapshot();
    } catch (error) {
      this.#busyWith = null;
      throw error;
    }
  }

  /** The newest first. */
  list(): Export[] {
    return this.#known.map(({ progress }) => progress.snapshot());
  }

  /** How it is now, and then as it changes, until it is over. @throws NotFoundError */
  watch(id: string, signal: AbortSignal): AsyncGenerator<Export, void> {
    return this.#follow(this.#find(id), signal);
  }

  /** Ends it, and removes what it has written. Safe to call twice. @throws NotFoundError */
  async cancel(id: string): Promise<Export> {
    const known = this.#find(id);
    known.controller.abort('person' satisfies EndedBy);
    await known.ended;
    return known.progress.snapshot();
  }

  #find(id: string): Known {
    const known = this.#known.find((one) => one.id === id);
    if (known === undefined) throw new NotFoundError('export', id);
    return known;
  }

  async *#follow({ progress, readers }: Known, signal: AbortSignal): AsyncGenerator<Export, void> {
    const mailbox = new Mailbox<true>(1);
    readers.add(mailbox);
    try {
      for (;;) {
        const snapshot = progress.snapshot();
        yield snapshot;
        if (snapshot.state !== 'running' || signal.aborted) return;
        if (!(await this.#parts.clock.sleep(SHORTEST_MS, signal))) return;
        if ((await mailbox.next(signal)) === undefined) return;
      }
    } finally {
      readers.delete(mailbox);
    }
  }

  async #end(by: EndedBy): Promise<void> {
    for (const { controller } of this.#known) controller.abort(by);
    await Promise.all(this.#known.map(({ ended }) => ended));
  }

  async #prepare(id: string, request: ExportRequest, actor: string): Promise<Known> {
    const { clock, records, flac, dataRoot } = this.#parts;
    const { format, selection } = request;
    if (format === 'flac' && !(await flac.isInstalled())) {
      throw new InvalidValueError(
        'format',
        'the program "flac" is not installed; without it the metadata of the files would be lost',
      );
    }
    const ids = await this.#idsOf(selection);
    const controller = new AbortController();
    const totals = await records.totals(ids, controller.signal);
    if (totals.recordings === 0) {
      throw new InvalidValueError('selection', 'there are no recordings in it');
    }
    const streams: Stream[] =
      format === 'personal_data' ? ['raw', 'processed'] : [...new Set(request.streams)];
    const totalBytes = format === 'csv' ? 0 : bytesIn(totals, streams);
    if (totalBytes === 0 && (format === 'wav' || format === 'flac')) {
      const which = streams.join(' or ');
      throw new InvalidValueError('selection', `none of its recordings has a ${which} file here`);
    }
    const station = this.#parts.station();
    const atMs = clock.wallMs();
    const folder = await makeTargetFolder({
      folder: request.folder,
      name: exportFolderName(station.name, format, atMs),
      neededBytes: neededBytes(format, totals, totalBytes, streams.length),
      dataRoot,
      dataDiskLimitPercent: this.#parts.dataDiskLimitPercent(),
    });
    const facts = { id, format, streams, folder: folder.path, recordings: ids.length, totalBytes };
    const readers = new Set<Mailbox<true>>();
    const progress = new ExportProgress(facts, clock, () => {
      for (const reader of readers) reader.put(true);
    });
    const { byIds, logger, software, diskIsThere } = this.#parts;
    const told = { format, recordings: ids.length, folder: folder.path };
    const audit = (act: string, value: object): void => {
      if (format !== 'personal_data') return;
      records.audit(clock.wallMs(), actor, act, folder.path, value);
    };
    // Before the first file is there, so that no power cut leaves an export that nobody told of.
    audit('recordings.personal_data_export', { selection: selectionSummary(selection), ...told });
    logger.info('export.started', 'An export has begun.', { id, actor, ...told });
    const ended = carryOutExport({
      clock,
      flac,
      records,
      byIds,
      get: (recordingId) => byIds([recordingId])[0] ?? null,
      dataRoot,
      diskIsThere,
      station,
      software,
      streams,
      exportId: id,
      atMs,
      progress,
      folder,
      dataDiskLimitPercent: this.#parts.dataDiskLimitPercent,
      format,
      selection,
      ids,
      signal: controller.signal,
    }).then(() => {
      this.#done += 1;
      const end = progress.snapshot();
      audit('recordings.personal_data_exported', { state: end.state, skipped: end.skipped });
      this.#report(end);
    });
    const known: Known = { id, progress, readers, controller, ended };
    this.#known = [known, ...this.#known].slice(0, REMEMBERED);
    return known;
  }

  /** What a person names one by one comes in the order in which it was made; a filter knows best how to walk. */
  async #idsOf(selection: Selection): Promise<ArrayLike<number>> {
    const ids = await this.#parts.ids(selection);
    return 'ids' in selection ? Array.from(ids).sort((a, b) => a - b) : ids;
  }

  #report({ id, state, problem, folder, recordings, done, skipped, files }: Export): void {
    const { logger } = this.#parts;
    const told = { id, folder, recordings, done, skipped, files };
    if (state === 'failed')
      logger.error('export.failed', 'An export has failed.', { ...told, problem });
    else if (state === 'cancelled')
      logger.info('export.cancelled', 'An export was cancelled.', told);
    else logger.info('export.done', 'An export is done, and was read back.', told);
  }
}

function bytesIn(totals: Totals, streams: readonly Stream[]): number {
  return (
    (streams.includes('raw') ? totals.rawBytes : 0) +
    (streams.includes('processed') ? totals.processedBytes : 0)
  );
}

function neededBytes(
  format: ExportFormat,
  { recordings }: Totals,
  totalBytes: number,
  streams: number,
): number {
  const files = format === 'csv' ? 0 : recordings * streams * PER_FILE;
  return (
    Math.ceil(totalBytes * (format === 'flac' ? FLAC_SHARE : 1)) + files + recordings * PER_LINE
  );
}
