import { createHash } from 'node:crypto';
import { lstat, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import type { DataFolder } from './data-folder';

/** What the running console leaves in its data folder for whoever wants to talk to it. */
const runtimeSchema = z.strictObject({
  pid: z.number().int(),
  version: z.string(),
  socket: z.string(),
  startedAt: z.string(),
});
export type Runtime = z.infer<typeof runtimeSchema>;

/** Linux allows 107 bytes; deep folders get a name of their own beside the other temporary things. */
const LONGEST_SOCKET_PATH = 100;

export function socketPath(folder: DataFolder): string {
  const path = join(folder.root, 'console.sock');
  return Buffer.byteLength(path) <= LONGEST_SOCKET_PATH ? path : spareSocketPath(folder);
}

/** The console's second door, off its data disk: that one may be gone, or know no sockets. */
export function spareSocketPath(folder: DataFolder): string {
  const digest = createHash('sha256').update(folder.root).digest('hex').slice(0, 16);
  return join(tmpdir(), `silvasonic-${digest}.sock`);
}

/** Is there a socket that this user made? Anybody may leave one among the temporary things. */
export async function isOwnSocket(path: string): Promise<boolean> {
  const found = await lstat(path).catch(() => null);
  return found !== null && found.isSocket() && found.uid === process.getuid?.();
}

/** null when no console left anything that can be understood. */
export async function readRuntime(folder: DataFolder): Promise<Runtime | null> {
  try {
    return runtimeSchema.parse(JSON.parse(await readFile(folder.runtimeFile, 'utf8')));
  } catch {
    return null;
  }
}
