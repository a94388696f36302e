import {
  copyFileSync,
  constants,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs';
import { dirname, join, relative } from 'node:path';
import type { CloudError } from '@main/cloud/provider';
import { type CloudProvider, type RemoteObject } from '@main/cloud/provider';

/** A folder as a remote, without any program between: at once, and as broken as a test wants it. */
export class FolderProvider implements CloudProvider {
  readonly folder: string;
  /** What every call throws; null: it works. */
  broken: CloudError | null = null;
  isClosed = false;

  constructor(folder: string) {
    this.folder = folder;
  }

  check(): Promise<void> {
    return this.#say(() => undefined);
  }

  capabilities(): ReturnType<CloudProvider['capabilities']> {
    return this.#say(() => ({ hashes: ['md5'], resumable: false, quota: true, move: true }));
  }

  upload(localFile: string, path: string): Promise<RemoteObject> {
    return this.#say(() => {
      mkdirSync(dirname(join(this.folder, path)), { recursive: true });
      copyFileSync(localFile, join(this.folder, path));
      return this.#object(path);
    });
  }

  stat(path: string): Promise<RemoteObject | null> {
    return this.#say(() =>
      statSync(join(this.folder, path), { throwIfNoEntry: false }) === undefined
        ? null
        : this.#object(path),
    );
  }

  async *list(folder: string): AsyncGenerator<RemoteObject> {
    const entries = readdirSync(join(this.folder, folder), {
      recursive: true,
      withFileTypes: true,
    });
    for (const entry of entries.filter((one) => one.isFile())) {
      yield await this.#say(() =>
        this.#object(relative(this.folder, join(entry.parentPath, entry.name))),
      );
    }
  }

  download(path: string, toFile: string): Promise<void> {
    return this.#say(() => {
      copyFileSync(join(this.folder, path), toFile, constants.COPYFILE_EXCL);
    });
  }

  read(path: string, offset: number, count: number): Promise<Buffer> {
    return this.#say(() => readFileSync(join(this.folder, path)).subarray(offset, offset + count));
  }

  remove(path: string): Promise<void> {
    return this.#say(() => {
      rmSync(join(this.folder, path), { force: true });
    });
  }

  storage(): ReturnType<CloudProvider['storage']> {
    return this.#say(() => ({ total: 100, used: 40, free: 60 }));
  }

  close(): Promise<void> {
    this.isClosed = true;
    return Promise.resolve();
  }

  #object(path: string): RemoteObject {
    const { size, mtimeMs } = statSync(join(this.folder, path));
    return { path, sizeBytes: size, hashes: {}, remoteId: null, modifiedAtMs: mtimeMs };
  }

  #say<T>(answer: () => T): Promise<T> {
    return this.broken === null ? Promise.resolve().then(answer) : Promise.reject(this.broken);
  }
}
