import { randomUUID } from 'node:crypto';
import { lstat, mkdir, readdir, rm, stat, statfs } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Custody } from '@shared/model/custody';
import type { Clock } from '../../clock/clock';
import { CloudError } from '../provider';
import type { Movement } from '../uploading/transfer-board';
import type { Connection } from '../../database/connection';
import type { EventBus } from '../../events/bus';
import { orNothing } from '../../files/absent';
import { errorCode } from '../../files/error-code';
import { syncFile } from '../../files/durable';
import type { Logger } from '../../logging/logger';
import { NotAvailableError, NotFoundError } from '../../request-error';
import type { FlacDecoder } from '../../wav/flac-decoder';
import { CopyRows, type KnownCopy } from './copy-rows';
import { custodyOf } from './custody-of';
import type { CustodyRemotes } from './custody-remotes';
import { type AbsentRecording, copiesToTry, type FileVerdict, judgeFile } from './fetch-plan';
import { FetchRows, type Restored } from './fetch-rows';
import { PlaceError, prepareForPlace, putInPlace } from './put-in-place';

export interface FetcherOptions {
  readonly connection: Connection;
  readonly clock: Clock;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly remotes: CustodyRemotes;
  readonly flac: Pick<FlacDecoder, 'decode'>;
  /** Of a whole file, off the main thread. */
  readonly sha256: (path: string) => Promise<string>;
  /** The data folder. */
  readonly dataRoot: string;
  /** Of our own, on the same disk; what it lies in must be there. */
  readonly folder: string;
  readonly diskIsThere: () => Promise<boolean>;
  /** Does work while no file is renamed and no row is made, see the indexer. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
  /** Shows it to whoever watches. */
  readonly begin: (remote: string, recordingId: number, totalBytes: number) => Movement;
}

/** What the disk keeps free beside what is fetched. */
const RESERVE_BYTES = 256 * 1024 * 1024;
/** More sound than the row tells of, by what a corrected time may add to a file's metadata. */
const MARGIN_BYTES = 1024 * 1024;

/** A file that was fetched and judged, before it has its place. */
interface FetchedFile {
  readonly path: string;
  readonly sha256: string;
  readonly verdict: Exclude<FileVerdict, 'something_else'>;
}

/**
 * Brings recordings back whose files were deleted here: one at a time, beside the data first, and to their places only
 * when they are what was recorded, or what was sent. Interrupted at any moment, nothing is left of it.
 */
export class Fetcher {
  readonly #options: FetcherOptions;
  readonly #copies: CopyRows;
  readonly #rows: FetchRows;
  readonly #stopping = new AbortController();
  readonly #running = new Map<number, Promise<Custody>>();
  #last: Promise<unknown> = Promise.resolve();

  constructor(options: FetcherOptions) {
    this.#options = options;
    this.#copies = new CopyRows(options.connection);
    this.#rows = new FetchRows(options.connection);
  }

  /** Removes what a killed console left. @throws Node's errors; better-sqlite3's SqliteError */
  async tidy(): Promise<void> {
    const { folder, dataRoot } = this.#options;
    for (const name of (await orNothing(readdir(folder))) ?? []) {
      const id = Number.parseInt(name, 10);
      const recording = Number.isSafeInteger(id) ? this.#absent(id) : null;
      // It may have been told of and not got its name.
      if (recording !== null && (await orNothing(lstat(join(dataRoot, recording.path)))) === null) {
        this.#rows.takeBack(recording.id);
      }
      await rm(join(folder, name), { force: true });
    }
  }

  /**
   * Answers when it is here. What is here already is answered at once; who asks twice waits for the same.
   * @throws NotFoundError; NotAvailableError `no_copy`, `remote`, `no_room`, `data_disk`
   */
  fetch(recordingId: number, actor: string): Promise<Custody> {
    const running = this.#running.get(recordingId);
    if (running !== undefined) return running;
    const fetching = this.#last
      .then(() => this.#fetch(recordingId, actor))
      .finally(() => {
        this.#running.delete(recordingId);
      });
    this.#running.set(recordingId, fetching);
    this.#last = fetching.catch(() => undefined);
    return fetching;
  }

  /** Breaks off what is under way. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    await this.#last;
  }

  #absent(id: number): AbsentRecording | null {
    try {
      return this.#rows.absent(id);
    } catch (error) {
      if (error instanceof NotFoundError) return null;
      throw error;
    }
  }

  async #fetch(recordingId: number, actor: string): Promise<Custody> {
    const { connection, remotes, diskIsThere } = this.#options;
    const recording = this.#rows.absent(recordingId);
    if (recording === null) return custodyOf(connection, recordingId);
    if (!(await diskIsThere())) throw diskAway();
    const present = remotes.list().map(({ slug }) => slug);
    const problems: string[] = [];
    for (const copy of copiesToTry(this.#copies.of(recordingId), present)) {
      try {
        await this.#from(copy, recording, actor);
        return custodyOf(connection, recordingId);
      } catch (error) {
        problems.push(`${copy.remote}: ${await this.#failure(error, copy)}`);
      }
    }
    throw this.#whyNot(recordingId, present, problems);
  }

  /** @returns what to say of it, where another copy may do @throws what no other copy would mend */
  async #failure(error: unknown, copy: KnownCopy): Promise<string> {
    if (this.#stopping.signal.aborted) {
      throw new NotAvailableError('remote', 'The station stops; nothing was fetched.');
    }
    if (error instanceof NotAvailableError) throw error;
    if (error instanceof PlaceError) throw new NotAvailableError('data_disk', error.message);
    if (!(await this.#options.diskIsThere())) throw diskAway();
    if (['ENOSPC', 'EDQUOT'].includes(errorCode(error))) throw noRoom();
    const isOfRemote = error instanceof CloudError || error instanceof NotFoundError;
    if (!isOfRemote) throw error;
    this.#options.logger.warn('custody.not_fetched', 'A recording could not be fetched.', {
      recordingId: copy.recordingId,
      remote: copy.remote,
      code: error.code,
      detail: error.message,
    });
    return `${error.code}: ${error.message}`;
  }

  #whyNot(
    recordingId: number,
    present: readonly string[],
    problems: readonly string[],
  ): NotAvailableError {
    const known = this.#copies.of(recordingId);
    // What was found to be gone or damaged on the way is no copy any more.
    const isSomewhere = copiesToTry(known, present).length > 0;
    if (problems.length > 0) {
      return new NotAvailableError(isSomewhere ? 'remote' : 'no_copy', problems.join(' · '));
    }
    const removed = known.find(({ state }) => state === 'verified')?.remote;
    return new NotAvailableError(
      'no_copy',
      removed === undefined
        ? 'No remote has a copy of it that was read back.'
        : `Its copy is on "${removed}", which was removed: add it again with the same options.`,
    );
  }

  async #from(copy: KnownCopy, recording: AbsentRecording, actor: string): Promise<void> {
    const { remotes, folder, begin } = this.#options;
    const { signal } = this.#stopping;
    signal.throwIfAborted();
    const provider = await remotes.provider(copy.remote);
    await makeFolder(folder);
    await this.#needRoom(copy, recording);
    const stem = join(folder, `${String(recording.id)}-${randomUUID()}`);
    const object = `${stem}${extname(copy.path)}`;
    const decoded = `${stem}.decoded`;
    const movement = begin(copy.remote, recording.id, copy.sizeBytes ?? 0);
    try {
      movement.stage('sending', copy.sizeBytes ?? undefined);
      await this.#download(
        () =>
          provider.download(copy.path, object, {
            signal,
            onProgress: (bytes) => {
              movement.progress(bytes);
            },
          }),
        copy,
      );
      movement.stage('decoding');
      const file = await this.#judge(copy, recording, { object, decoded });
      await this.#place(file, { copy, recording, actor });
    } finally {
      movement.end();
      await Promise.all([object, decoded].map((path) => rm(path, { force: true })));
    }
  }

  async #download(download: () => Promise<void>, copy: KnownCopy): Promise<void> {
    try {
      await download();
    } catch (error) {
      if (error instanceof CloudError && error.code === 'NOT_FOUND') await this.#lookAgain(copy);
      throw error;
    }
  }

  /** A copy that is really gone is no copy any more. */
  async #lookAgain(copy: KnownCopy): Promise<void> {
    const { remotes, clock } = this.#options;
    const provider = await remotes.provider(copy.remote);
    if ((await provider.stat(copy.path, this.#stopping.signal)) !== null) return;
    this.#copies.withdraw(copy, 'NOT_FOUND', clock.wallMs());
  }

  /** @throws CloudError MISMATCH: then the copy is none any more */
  async #judge(
    copy: KnownCopy,
    recording: AbsentRecording,
    { object, decoded }: { readonly object: string; readonly decoded: string },
  ): Promise<FetchedFile> {
    const { flac, sha256, clock } = this.#options;
    const isEncoded = extname(copy.path) === '.flac' && extname(recording.path) !== '.flac';
    let problem = 'it is not what was sent';
    if (isEncoded) {
      const mostBytes = recording.sizeBytes + MARGIN_BYTES;
      const { signal } = this.#stopping;
      const outcome = await flac.decode(object, decoded, mostBytes, signal);
      if (!outcome.ok) problem = `it cannot be decoded: ${outcome.reason}`;
    }
    const path = isEncoded ? decoded : object;
    const found = (await orNothing(lstat(path))) === null ? null : await sha256(path);
    const verdict = found === null ? 'something_else' : judgeFile(recording, copy, found);
    if (found !== null && verdict !== 'something_else') return { path, sha256: found, verdict };
    const { size } = await stat(object);
    const isAsSent = copy.sha256 !== null && (await sha256(object)) === copy.sha256;
    // Of an object that is what was sent the fault is here: it is a copy still.
    if (!isAsSent) this.#copies.withdraw(copy, 'MISMATCH', clock.wallMs());
    throw new CloudError('MISMATCH', `of its ${String(size)} bytes there: ${problem}`);
  }

  async #place(
    { path, sha256, verdict }: FetchedFile,
    { copy, recording, actor }: { copy: KnownCopy; recording: AbsentRecording; actor: string },
  ): Promise<void> {
    const { clock, bus, logger, dataRoot, alone, diskIsThere } = this.#options;
    await syncFile(path);
    const { size: sizeBytes } = await stat(path);
    await alone(async () => {
      if (!(await diskIsThere())) throw diskAway();
      // Its time may have been corrected, or an audit may have found it, while it was on its way.
      const now = this.#rows.absent(recording.id);
      if (now === null) return;
      if (now.path !== recording.path || now.sha256 !== recording.sha256) {
        throw new PlaceError('its row was changed while it was on its way; fetch it again');
      }
      const place = await prepareForPlace(dataRoot, now.path);
      const { otherPath } = now;
      const other = otherPath === null ? null : await orNothing(lstat(join(dataRoot, otherPath)));
      const restored: Restored = {
        recording: now,
        remote: copy.remote,
        remotePath: copy.path,
        matches: verdict === 'as_recorded',
        sha256,
        sizeBytes,
        otherIsGone: otherPath !== null && other === null,
        atMs: clock.wallMs(),
        actor,
      };
      this.#rows.announce(restored);
      try {
        await putInPlace(path, place);
      } catch (error) {
        if ((await orNothing(lstat(place))) === null) this.#rows.takeBack(now.id);
        throw error;
      }
      this.#rows.complete(restored);
    });
    logger.info('custody.fetched', 'A recording was fetched back.', {
      recordingId: recording.id,
      remote: copy.remote,
      matches: verdict === 'as_recorded',
    });
    bus.emit('recordings.changed', { recordings: 1 });
  }

  /** The object, and what is decoded of it. */
  async #needRoom({ sizeBytes }: KnownCopy, recording: AbsentRecording): Promise<void> {
    const { bavail, bsize } = await statfs(this.#options.folder);
    const needed = (sizeBytes ?? 0) + recording.sizeBytes + RESERVE_BYTES;
    if (bavail * bsize < needed) throw noRoom();
  }
}

async function makeFolder(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
  }
}

function noRoom(): NotAvailableError {
  return new NotAvailableError('no_room', 'There is no room on the data disk to fetch it.');
}

function diskAway(): NotAvailableError {
  return new NotAvailableError('data_disk', 'The data disk is not there.');
}
