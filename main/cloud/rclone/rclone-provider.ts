import { randomUUID } from 'node:crypto';
import { open, rm, stat } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import type { CloudErrorCode, RemoteType } from '@shared/model/remote';
import { errors } from 'undici';
import { z } from 'zod';
import type { Clock } from '../../clock/clock';
import { messageOf } from '../../error-message';
import { errorCode } from '../../files/error-code';
import { syncFile, syncFolder } from '../../files/durable';
import {
  CloudError,
  type CloudProvider,
  type RemoteObject,
  type TransferOptions,
} from '../provider';
import { classify } from './classify';
import { checkFolderRemote, syncStored } from './folder-remote';
import { type RcloneRemote, rcloneRemote } from './options';
import { BASE_FS, NoRclone, RcError, RcloneDaemon, RcSilence } from './rclone-daemon';
import type { RclonePatience } from './rclone-process';
import { type RemoteItem, remoteItemSchema, remoteObject } from './remote-item';
import { splitList } from './split-list';
import { trustedHashes } from './trusted-hashes';
import { watchTransfer } from './watch-transfer';

export interface RcloneProviderOptions {
  readonly remote: {
    readonly type: RemoteType;
    readonly options: Readonly<Record<string, string>>;
    /** By option name, in clear. */
    readonly secrets: Readonly<Record<string, string>>;
    readonly basePath: string;
  };
  readonly clock: Clock;
  /** Takes secrets out of what others say. */
  readonly scrub: (text: string) => string;
  /** A secret that the remote has replaced by another one, by option name. */
  readonly onRefreshed?: (secrets: Readonly<Record<string, string>>) => void;
  readonly program?: string;
  readonly patience?: Partial<RclonePatience>;
  /** Milliseconds without anything to do after which nothing runs any more. */
  readonly idleMs?: number;
}

const PATIENCE: RclonePatience = { connectMs: 15_000, silentMs: 60_000 };
const IDLE_MS = 120_000;
/** A folder of many thousand files comes in pages. */
const LIST_PATIENCE = 5;

const infoSchema = z.object({
  Features: z.record(z.string(), z.unknown()).nullish(),
  Hashes: z.array(z.string()).nullish(),
});
const statSchema = z.object({ item: remoteItemSchema.nullish() });
const roomSchema = z.object({
  total: z.number().nullish(),
  used: z.number().nullish(),
  free: z.number().nullish(),
});

/** A remote by way of rclone. Its options were checked when it was added: what does not fit is thrown at once. */
export class RcloneProvider implements CloudProvider {
  readonly #options: RcloneProviderOptions;
  readonly #remote: RcloneRemote;
  readonly #daemon: RcloneDaemon;
  readonly #patience: RclonePatience;
  /** What stays a secret but changes. */
  #token: string | null;

  /** @throws RemoteOptionsError */
  constructor(options: RcloneProviderOptions) {
    this.#options = options;
    const { type, options: given, secrets, basePath } = options.remote;
    this.#remote = rcloneRemote(type, given, secrets, basePath);
    this.#token = this.#remote.section['token'] ?? null;
    this.#patience = { ...PATIENCE, ...options.patience };
    this.#daemon = new RcloneDaemon({
      program: options.program ?? 'rclone',
      clock: options.clock,
      patience: this.#patience,
      idleMs: options.idleMs ?? IDLE_MS,
      section: () => ({
        ...this.#remote.section,
        ...(this.#token !== null && { token: this.#token }),
      }),
      root: this.#remote.root,
    });
  }

  /** Of the rclone that runs for it just now. */
  get pid(): number | null {
    return this.#daemon.pid;
  }

  async check(signal: AbortSignal): Promise<void> {
    await this.#guarded(signal, async () => {
      try {
        await this.#listFolders(BASE_FS, signal);
      } catch (error) {
        if (!isNotFound(error)) throw error;
        await this.#checkRoot(signal);
      }
    });
  }

  async capabilities(signal: AbortSignal): ReturnType<CloudProvider['capabilities']> {
    return await this.#guarded(signal, async () => {
      const info = infoSchema.parse(await this.#call('operations/fsinfo', { fs: BASE_FS }, signal));
      const trusted = trustedHashes(this.#remote.section);
      return {
        hashes: (info.Hashes ?? []).filter((name) => trusted.has(name)),
        // rclone begins a file anew, whatever the remote could do.
        resumable: false,
        quota: info.Features?.['About'] === true,
        move: info.Features?.['Move'] === true,
      };
    });
  }

  async upload(
    localFile: string,
    path: string,
    { signal, bandwidthLimit = null, onProgress }: TransferOptions,
  ): Promise<RemoteObject> {
    checkPath(path);
    const sizeBytes = await localSize(localFile);
    return await this.#guarded(
      signal,
      async () => {
        await this.#daemon.limitBandwidth(bandwidthLimit, this.#limits(signal));
        await this.#transfer(
          {
            srcFs: dirname(localFile),
            srcRemote: basename(localFile),
            dstFs: BASE_FS,
            dstRemote: path,
          },
          { signal, ...(onProgress !== undefined && { onProgress }) },
        );
        await this.#forceStored(path);
        const there = await this.#stat(path, signal);
        if (there === null) throw new CloudError('MISMATCH', 'It was sent, and is not there.');
        if (there.sizeBytes === sizeBytes) return there;
        throw new CloudError(
          'MISMATCH',
          `It has ${String(there.sizeBytes)} of ${String(sizeBytes)} bytes.`,
        );
      },
      (failure) => this.#whyNotUploaded(failure, localFile, { sizeBytes, signal }),
    );
  }

  async stat(path: string, signal: AbortSignal): Promise<RemoteObject | null> {
    checkPath(path);
    return await this.#guarded(signal, async () => {
      const there = await this.#stat(path, signal);
      // Whoever asks counts on it: an upload that was cut off right after its last byte may lie in the page cache.
      if (there !== null) await this.#forceStored(path);
      return there;
    });
  }

  async #forceStored(path: string): Promise<void> {
    if (this.#options.remote.type === 'local') await syncStored(this.#remote.root, path);
  }

  async *list(folder: string, signal: AbortSignal): AsyncGenerator<RemoteObject> {
    const trusted = trustedHashes(this.#remote.section);
    const folders = [folder.replace(/^\/+|\/+$/g, '')];
    for (let next = folders.pop(); next !== undefined; next = folders.pop()) {
      for await (const items of this.#items(next, signal)) {
        for (const item of items) {
          if (item.IsDir) folders.push(item.Path);
          else yield remoteObject(item, trusted);
        }
      }
    }
  }

  async download(
    path: string,
    toFile: string,
    { signal, bandwidthLimit = null, onProgress }: TransferOptions,
  ): Promise<void> {
    checkPath(path);
    // Made by us: whatever has that name stays as it is.
    await (await open(toFile, 'wx', 0o644)).close();
    try {
      const get = async (): Promise<void> => {
        await this.#daemon.limitBandwidth(bandwidthLimit, this.#limits(signal));
        await this.#transfer(
          {
            srcFs: BASE_FS,
            srcRemote: path,
            dstFs: dirname(toFile),
            dstRemote: basename(toFile),
          },
          { signal, ...(onProgress !== undefined && { onProgress }) },
        );
      };
      await this.#guarded(signal, get, ownDisk);
      await syncFile(toFile);
      await syncFolder(dirname(toFile));
    } catch (error) {
      await rm(toFile, { force: true });
      throw error;
    }
  }

  async read(path: string, offset: number, count: number, signal: AbortSignal): Promise<Buffer> {
    checkPath(path);
    if (count === 0) return Buffer.alloc(0);
    return await this.#guarded(signal, async () => {
      const bytes = await this.#daemon.read(path, { offset, count }, this.#limits(signal));
      // Whoever knows no ranges sends everything.
      return bytes.subarray(0, count);
    });
  }

  async remove(path: string, signal: AbortSignal): Promise<void> {
    checkPath(path);
    await this.#guarded(signal, async () => {
      try {
        await this.#call('operations/deletefile', { fs: BASE_FS, remote: path }, signal);
      } catch (error) {
        if (!isNotFound(error)) throw error;
      }
    });
  }

  async storage(signal: AbortSignal): ReturnType<CloudProvider['storage']> {
    return await this.#guarded(signal, () => this.#storage(signal));
  }

  async close(): Promise<void> {
    await this.#keepToken();
    await this.#daemon.close();
  }

  async #stat(path: string, signal: AbortSignal): Promise<RemoteObject | null> {
    const trusted = trustedHashes(this.#remote.section);
    const params = {
      fs: BASE_FS,
      remote: path,
      opt: { filesOnly: true, noMimeType: true, ...hashOptions(trusted) },
    };
    try {
      const { item } = statSchema.parse(await this.#call('operations/stat', params, signal));
      return item === null || item === undefined || item.IsDir ? null : remoteObject(item, trusted);
    } catch (error) {
      if (isNotFound(error)) return null;
      throw error;
    }
  }

  /** What lies in one folder. */
  async *#items(folder: string, signal: AbortSignal): AsyncGenerator<RemoteItem[]> {
    const trusted = trustedHashes(this.#remote.section);
    const free = HASHES_COME_ALONG.has(this.#remote.section['type'] ?? '');
    const params = {
      fs: BASE_FS,
      remote: folder,
      opt: { ...LIST_OPTIONS, ...(free && hashOptions(trusted)) },
    };
    const listed = await this.#guarded(signal, async () => {
      try {
        const { timeoutMs } = this.#limits(signal);
        const limits = { signal, timeoutMs: timeoutMs * LIST_PATIENCE };
        return await this.#daemon.stream('operations/list', params, limits);
      } catch (error) {
        if (isNotFound(error)) return null;
        throw error;
      }
    });
    if (listed === null) return;
    try {
      for await (const items of splitList(listed)) yield z.array(remoteItemSchema).parse(items);
    } catch (error) {
      signal.throwIfAborted();
      throw this.#failure(error);
    }
  }

  async #storage(signal: AbortSignal): ReturnType<CloudProvider['storage']> {
    try {
      const answer = await this.#call('operations/about', { fs: BASE_FS }, signal);
      const { total = null, used = null, free = null } = roomSchema.parse(answer);
      return { total, used, free };
    } catch (error) {
      // The base path is made by the first upload.
      if (isNotFound(error)) return null;
      if (error instanceof RcError && /doesn't support about|not supported/i.test(error.message)) {
        return null;
      }
      throw error;
    }
  }

  /** The base path is not there: it need not be, but the place where it will lie. @throws RcError */
  async #checkRoot(signal: AbortSignal): Promise<void> {
    const { section, root } = this.#remote;
    const type = section['type'];
    if (type === 'local') return;
    const place = type === 's3' ? (root.split('/')[0] ?? '') : '';
    try {
      await this.#listFolders(`remote:${place}`, signal);
    } catch (error) {
      // Elsewhere a person may have a folder of their own, and not look above it.
      if (type === 'webdav' || this.#failure(error).code !== 'FORBIDDEN') throw error;
    }
  }

  async #listFolders(fs: string, signal: AbortSignal): Promise<void> {
    const opt = { ...LIST_OPTIONS, dirsOnly: true };
    await this.#call('operations/list', { fs, remote: '', opt }, signal);
  }

  async #transfer(
    files: { srcFs: string; srcRemote: string; dstFs: string; dstRemote: string },
    { signal, onProgress }: { signal: AbortSignal; onProgress?: (bytes: number) => void },
  ): Promise<void> {
    const group = randomUUID();
    const params = {
      ...files,
      _group: group,
      // Over whatever is there, without a look: who asks for it has looked. No partial names: whoever asked knows where it lies.
      _config: { IgnoreTimes: true, NoCheckDest: true, Inplace: true },
    };
    const { clock } = this.#options;
    const { silentMs } = this.#patience;
    await watchTransfer({
      clock,
      signal,
      silentMs: silentMs * 1.5,
      act: (inner) =>
        this.#daemon.call('operations/copyfile', params, { signal: inner, timeoutMs: FOREVER_MS }),
      bytes: () => this.#bytesOf(group),
      onProgress: onProgress ?? (() => undefined),
      onSilence: () => this.#daemon.endIfStuck(),
    });
  }

  async #bytesOf(group: string): Promise<number> {
    const limits = { signal: AbortSignal.timeout(STATS_MS), timeoutMs: STATS_MS };
    const stats = await this.#daemon.call('core/stats', { group }, limits);
    return z.object({ bytes: z.number() }).parse(stats).bytes;
  }

  async #call(method: string, params: object, signal: AbortSignal): Promise<unknown> {
    return await this.#daemon.call(method, params, this.#limits(signal));
  }

  #limits(signal: AbortSignal): { signal: AbortSignal; timeoutMs: number } {
    const { connectMs, silentMs } = this.#patience;
    // rclone gives up by itself before, and knows why.
    return { signal, timeoutMs: 2 * (connectMs + silentMs) };
  }

  /** Runs what asks the remote, and puts what goes wrong into the words of the station. */
  async #guarded<T>(
    signal: AbortSignal,
    act: () => Promise<T>,
    why: (failure: CloudError) => Promise<CloudError> = (failure) => Promise.resolve(failure),
  ): Promise<T> {
    signal.throwIfAborted();
    const { type, options } = this.#options.remote;
    if (type === 'local') await checkFolderRemote(options);
    try {
      return await act();
    } catch (error) {
      signal.throwIfAborted();
      throw await why(this.#failure(error));
    } finally {
      // Also after a failure: the one from before may have ended with it.
      await this.#keepToken();
    }
  }

  #failure(error: unknown): CloudError {
    if (error instanceof CloudError) return error;
    const said = this.#options.scrub(messageOf(error)).trim();
    const cloudError = (code: CloudErrorCode, message: string): CloudError =>
      // Not the error itself: it was not scrubbed.
      new CloudError(code, message);
    // Nobody's fault but the station's: no recording may lose its tries over it.
    if (error instanceof NoRclone) return cloudError('OFFLINE', said);
    if (error instanceof RcSilence || error instanceof errors.BodyTimeoutError) {
      return cloudError('TIMEOUT', said);
    }
    if (error instanceof RcError) {
      const { code, retryAfterMs } = classify(said);
      return new CloudError(code, said, { retryAfterMs });
    }
    return cloudError('UNKNOWN', said);
  }

  /** What an upload says may hide what lies behind it. */
  async #whyNotUploaded(
    failure: CloudError,
    localFile: string,
    { sizeBytes, signal }: { readonly sizeBytes: number; readonly signal: AbortSignal },
  ): Promise<CloudError> {
    const now = await localSize(localFile).catch((error: unknown) => error);
    if (now instanceof CloudError) return now;
    if (failure.code === 'FORBIDDEN' && this.#remote.section['type'] === 's3') {
      // What S3 is asked first has no room for words in its answer.
      return await this.check(signal).then(
        () => failure,
        (error: unknown) => {
          signal.throwIfAborted();
          return this.#failure(error);
        },
      );
    }
    if (!MAY_BE_FULL.has(failure.code)) return failure;
    // Servers without a word for it answer as if they failed.
    const room = await this.#storage(signal).catch(() => null);
    signal.throwIfAborted();
    const free = room?.free ?? null;
    if (free === null || free > sizeBytes) return failure;
    return new CloudError('QUOTA', `${failure.message} (${String(free)} bytes are free)`);
  }

  /** A token that was renewed replaces the one that we have, which may be good for nothing any more. */
  async #keepToken(): Promise<void> {
    if (this.#token === null) return;
    try {
      const token = (await this.#daemon.knownSection())?.['token'];
      if (typeof token !== 'string' || token === this.#token) return;
      this.#token = token;
      this.#options.onRefreshed?.({ token });
    } catch {
      // It is asked for again after the next call.
    }
  }
}

const FOREVER_MS = 2_000_000_000;
const STATS_MS = 5_000;
const LIST_OPTIONS = { noMimeType: true, noModTime: true } as const;
/** Their listing tells them. */
const HASHES_COME_ALONG: ReadonlySet<string> = new Set(['webdav', 's3', 'drive', 'onedrive']);
const MAY_BE_FULL: ReadonlySet<CloudErrorCode> = new Set([
  'UNKNOWN',
  'FORBIDDEN',
  'NOT_FOUND',
  'MISMATCH',
]);

function hashOptions(trusted: ReadonlySet<string>): object {
  return trusted.size === 0 ? {} : { showHash: true, hashTypes: [...trusted] };
}

function isNotFound(error: unknown): boolean {
  return error instanceof RcError && classify(error.message).code === 'NOT_FOUND';
}

/** Where a download ends is the station's disk: a full one says nothing of the remote. */
function ownDisk(failure: CloudError): Promise<CloudError> {
  const full = failure.code === 'QUOTA';
  return Promise.resolve(full ? new CloudError('UNKNOWN', failure.message) : failure);
}

/** @throws CloudError */
async function localSize(file: string): Promise<number> {
  try {
    const found = await stat(file);
    if (found.isFile()) return found.size;
    throw new CloudError('LOCAL_MISSING', 'It is no file.');
  } catch (error) {
    if (error instanceof CloudError) throw error;
    if (errorCode(error) === 'ENOENT' || errorCode(error) === 'ENOTDIR') {
      throw new CloudError('LOCAL_MISSING', 'The file is not there any more.');
    }
    throw new CloudError('UNKNOWN', messageOf(error));
  }
}

/** @throws RangeError */
function checkPath(path: string): void {
  const wrong = path.split('/').some((part) => part === '' || part === '.' || part === '..');
  if (wrong) throw new RangeError(`not a path on a remote: "${path}"`);
}
