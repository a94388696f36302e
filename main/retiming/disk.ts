import { access, rename, stat } from 'node:fs/promises';
import { syncFolder, writeFileDurably } from '../files/durable';

/** The file operations of the re-timer, one by one: a test lets the power fail between any two. */
export interface Disk {
  exists(path: string): Promise<boolean>;
  rename(from: string, to: string): Promise<void>;
  syncFolder(path: string): Promise<void>;
  sizeOf(path: string): Promise<number>;
  writeDurably(path: string, content: string): Promise<void>;
}

export const realDisk: Disk = {
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  rename,
  syncFolder,
  sizeOf: async (path) => (await stat(path)).size,
  writeDurably: writeFileDurably,
};
