import { readdir, readFile, readlink } from 'node:fs/promises';
import { join } from 'node:path';
import { type CaptureNode, nodeName } from './capture-node';
import { cleanText } from '../files/clean-text';

/** A process that has a capture open. */
export interface DeviceHolder {
  readonly pid: number;
  /** The program's name as the kernel has it, 15 characters at most. */
  readonly program: string;
}

/**
 * Who has a capture open. ALSA names the thread that opened it; where it does not, the open files of all processes
 * that may be looked at are searched.
 * @returns null when nobody is seen to hold it
 */
export async function findHolder(
  node: CaptureNode,
  procRoot = '/proc',
): Promise<DeviceHolder | null> {
  for (const pid of [...(await owners(node, procRoot)), ...(await openers(node, procRoot))]) {
    const holder = await holderOf(pid, procRoot);
    if (holder !== null) return holder;
  }
  return null;
}

/** Threads named by `/proc/asound/card<N>/pcm<D>c/sub<S>/status`. */
async function owners({ card, device }: CaptureNode, procRoot: string): Promise<number[]> {
  const folder = join(procRoot, 'asound', `card${String(card)}`, `pcm${String(device)}c`);
  const entries = await readdir(folder).catch((): string[] => []);
  const pids: number[] = [];
  for (const sub of entries.filter((entry) => /^sub\d+$/.test(entry))) {
    const status = await readFile(join(folder, sub, 'status'), 'utf8').catch(() => '');
    const pid = Number(/^owner_pid\s*:\s*(\d+)$/m.exec(status)?.[1]);
    if (pid > 0) pids.push(pid);
  }
  return pids;
}

async function openers(node: CaptureNode, procRoot: string): Promise<number[]> {
  const wanted = `/dev/snd/${nodeName(node)}`;
  const processes = await readdir(procRoot).catch((): string[] => []);
  for (const pid of processes.filter((name) => /^\d+$/.test(name))) {
    const folder = join(procRoot, pid, 'fd');
    for (const fd of await readdir(folder).catch((): string[] => [])) {
      if ((await readlink(join(folder, fd)).catch(() => '')) === wanted) return [Number(pid)];
    }
  }
  return [];
}

/** The process that a thread belongs to; null when it is gone. */
async function holderOf(thread: number, procRoot: string): Promise<DeviceHolder | null> {
  const read = (pid: number, name: string): Promise<string> =>
    readFile(join(procRoot, String(pid), name), 'utf8').catch(() => '');
  const group = Number(/^Tgid:\s*(\d+)$/m.exec(await read(thread, 'status'))?.[1]);
  const pid = group > 0 ? group : thread;
  const program = cleanText(await read(pid, 'comm'));
  return program === null ? null : { pid, program };
}
