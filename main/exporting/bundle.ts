import { createReadStream } from 'node:fs';
import { mkdir, open, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { ExportRemark } from '@shared/model/export';
import { errorCode } from '../files/error-code';
import type { FlacEncoder } from '../wav/flac-encoder';
import { copyFile } from './copy-file';
import { csvLine } from './csv';
import { LineFile } from './line-file';
import { ReadBack } from './read-back';
import { settleFolder } from './settle-folder';
import { SourceError } from './source-error';

/** In the form that `sha256sum --check` reads. */
export const MANIFEST = 'SHA256SUMS';
const REMARKS = 'remarks.csv';

/** Something that was written is not what is read back. */
export class ReadBackError extends Error {
  constructor(path: string) {
    super(
      `${path} was read back differently from what was written: the disk is not to be trusted, nor is this export`,
    );
    this.name = 'ReadBackError';
  }
}

export interface BundleParts {
  /** An empty folder of our own. */
  readonly root: string;
  readonly flac: FlacEncoder;
  readonly signal: AbortSignal;
  /** Bytes of a recording that are dealt with. */
  readonly onBytes: (bytes: number) => void;
  readonly onFile: () => void;
  readonly onRemark: (remark: ExportRemark) => void;
}

/** A recording's file that goes into the bundle. */
export interface Source {
  /** Absolute. */
  readonly path: string;
  readonly sizeBytes: number;
  /** UTC milliseconds. */
  readonly modifiedMs: number;
}

/**
 * A folder that is being filled: files, the list of their hashes, and remarks. Everything is written to names that are
 * free and is on the disk before the list names it; bounded memory, however much it becomes.
 */
export class Bundle {
  readonly #parts: BundleParts;
  readonly #folders = new Set<string>();
  readonly #open = new Set<LineFile>();
  readonly #manifest: LineFile;
  readonly #throughCache = new ReadBack({ pastCache: false });
  #remarks: LineFile | null = null;
  #writtenBytes = 0;

  private constructor(parts: BundleParts, manifest: LineFile) {
    this.#parts = parts;
    this.#manifest = manifest;
    this.#open.add(manifest);
  }

  /** @throws Node's errors */
  static async create(parts: BundleParts): Promise<Bundle> {
    return new Bundle(parts, await LineFile.create(join(parts.root, MANIFEST)));
  }

  /** Of everything that the list names. */
  get writtenBytes(): number {
    return this.#writtenBytes;
  }

  get signal(): AbortSignal {
    return this.#parts.signal;
  }

  /**
   * Copies a file as it is.
   * @param path relative to the bundle, `/`-separated, safe
   * @returns its hash
   * @throws SourceError when it cannot be read, or the target's file system takes no file as large; Node's errors when
   *   nothing can be written
   */
  async copy(source: Source, path: string): Promise<string> {
    const target = await this.#place(path);
    try {
      const { onBytes, signal } = this.#parts;
      const { modifiedMs } = source;
      const { sha256, sizeBytes } = await copyFile(source.path, target, {
        signal,
        onBytes,
        modifiedMs,
      });
      await this.#enter(path, sha256, sizeBytes);
      return sha256;
    } catch (error) {
      await rm(target, { force: true }).catch(() => undefined);
      throw errorCode(error) === 'EFBIG' ? new SourceError(TOO_LARGE) : error;
    }
  }

  /**
   * Encodes a WAV file as FLAC.
   * @returns the hash of the source; or why FLAC cannot hold it, and nothing was written
   * @throws SourceError when it cannot be read; Node's errors when nothing can be written
   */
  async encode(
    source: Source,
    path: string,
  ): Promise<{ readonly sha256: string } | { readonly refused: string }> {
    const { flac, signal, onBytes } = this.#parts;
    const target = await this.#place(path);
    try {
      const encoded = await flac.encode(source.path, target, source.sizeBytes, signal);
      if (!encoded.ok) {
        await rm(target, { force: true });
        return { refused: encoded.reason };
      }
      const sizeBytes = await settle(target, source.modifiedMs);
      await this.#enter(path, await this.#throughCache.sha256(target, signal), sizeBytes);
      onBytes(source.sizeBytes);
      return { sha256: await this.#hashOf(source.path) };
    } catch (error) {
      await rm(target, { force: true }).catch(() => undefined);
      throw error;
    }
  }

  /** A text file that grows; to be given back to `finish`. @param path as for `copy` */
  async openText(path: string): Promise<LineFile> {
    const file = await LineFile.create(await this.#place(path));
    this.#open.add(file);
    return file;
  }

  async finishText(file: LineFile, path: string): Promise<void> {
    this.#open.delete(file);
    const { sha256, sizeBytes } = await file.close();
    await this.#enter(path, sha256, sizeBytes);
  }

  async addText(path: string, text: string): Promise<void> {
    const file = await this.openText(path);
    await file.write(text);
    await this.finishText(file, path);
  }

  async remark(remark: ExportRemark): Promise<void> {
    this.#parts.onRemark(remark);
    this.#remarks ??= await this.#newRemarks();
    await this.#remarks.write(csvLine([remark.kind, remark.recordingId, remark.detail]));
  }

  /** Closes what is still open and puts all names on the disk. */
  async complete(): Promise<void> {
    if (this.#remarks !== null) await this.finishText(this.#remarks, REMARKS);
    this.#open.delete(this.#manifest);
    await this.#manifest.close();
    for (const folder of this.#folders) await settleFolder(folder);
    await settleFolder(this.#parts.root);
  }

  /**
   * Reads everything again and compares it with the list.
   * @param onBytes told after each piece
   * @throws ReadBackError; Node's errors when something cannot be read
   */
  async verify(onBytes: (bytes: number) => void): Promise<void> {
    const { root, signal } = this.#parts;
    const readBack = new ReadBack({ pastCache: true });
    for await (const line of linesOf(join(root, MANIFEST))) {
      const [sha256 = '', path = ''] = line.split('  ', 2);
      if ((await readBack.sha256(join(root, path), signal, onBytes)) !== sha256) {
        throw new ReadBackError(path);
      }
    }
  }

  /** After a failure: lets go of what is open. */
  async abandon(): Promise<void> {
    for (const file of this.#open) await file.abandon();
    this.#open.clear();
  }

  async #hashOf(path: string): Promise<string> {
    const { signal } = this.#parts;
    return this.#throughCache.sha256(path, signal).catch((error: unknown) => {
      signal.throwIfAborted();
      throw new SourceError(error);
    });
  }

  async #newRemarks(): Promise<LineFile> {
    const file = await this.openText(REMARKS);
    await file.write(csvLine(['kind', 'recording_id', 'detail']));
    return file;
  }

  async #place(path: string): Promise<string> {
    const target = join(this.#parts.root, path);
    const folder = dirname(target);
    if (!this.#folders.has(folder)) {
      await mkdir(folder, { recursive: true });
      this.#folders.add(folder);
      const above = dirname(folder);
      if (above.startsWith(this.#parts.root)) this.#folders.add(above);
    }
    return target;
  }

  async #enter(path: string, sha256: string, sizeBytes: number): Promise<void> {
    this.#writtenBytes += sizeBytes;
    await this.#manifest.write(`${sha256}  ${path}\n`);
    this.#parts.onFile();
  }
}

const TOO_LARGE = new Error('the file system of the target takes no file as large as this');

/** Not Node's readline, which lets the error of a disk end the whole process. */
async function* linesOf(path: string): AsyncGenerator<string, void> {
  let rest = '';
  for await (const piece of createReadStream(path, 'utf8')) {
    const lines = (rest + String(piece)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
}

/** Puts a file that another program wrote on the disk. @returns its size */
async function settle(path: string, modifiedMs: number): Promise<number> {
  const handle = await open(path, 'r+');
  try {
    const modified = new Date(modifiedMs);
    await handle.utimes(modified, modified).catch(() => undefined);
    await handle.sync();
    return (await handle.stat()).size;
  } finally {
    await handle.close();
  }
}
