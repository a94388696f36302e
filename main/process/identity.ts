import { readdir, readFile } from 'node:fs/promises';
import { errorCode } from '../files/error-code';

/** A process that cannot be mistaken for another one that got the same number later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/<pid>/stat. */
  readonly startTicks: number;
  /** From /proc/sys/kernel/random/boot_id: ticks compare only within one boot. */
  readonly bootId: string;
}

/**
 * Who runs under this number now, or null. Zombies count as gone.
 * @throws Node's errors when it cannot be looked up now, e.g. EMFILE: nobody is to take that for a death
 */
export async function identifyProcess(
  pid: number,
  procRoot = '/proc',
): Promise<ProcessIdentity | null> {
  const stat = await unlessGone(readFile(`${procRoot}/${String(pid)}/stat`, 'utf8'));
  if (stat === null) return null;
  // The second field is the command in brackets and may itself hold brackets and spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = Number(fields[19]);
  if (state === 'Z' || state === 'X' || !Number.isFinite(startTicks)) return null;
  return { pid, startTicks, bootId: await readBootId(procRoot) };
}

/** A process as it was started. */
export interface CommandLine {
  readonly pid: number;
  /** The program's own name first. */
  readonly args: readonly string[];
}

/**
 * All processes whose command line may be read.
 * @throws Node's errors when that cannot be done now, e.g. EMFILE
 */
export async function listCommandLines(procRoot = '/proc'): Promise<CommandLine[]> {
  const found: CommandLine[] = [];
  for (const name of await readdir(procRoot)) {
    if (!/^\d+$/.test(name)) continue;
    const text = await unlessGone(readFile(`${procRoot}/${name}/cmdline`, 'utf8'), FORBIDDEN);
    if (text !== null && text !== '') found.push({ pid: Number(name), args: text.split('\0') });
  }
  return found;
}

/**
 * Does exactly this process still live?
 * @throws Node's errors when it cannot be looked up now
 */
export async function isAlive(identity: ProcessIdentity, procRoot = '/proc'): Promise<boolean> {
  const now = await identifyProcess(identity.pid, procRoot);
  return now?.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

/** `unknown` where the system has none. @throws Node's errors when it cannot be read now */
export async function readBootId(procRoot = '/proc'): Promise<string> {
  const text = await unlessGone(readFile(`${procRoot}/sys/kernel/random/boot_id`, 'utf8'));
  return text?.trim() ?? 'unknown';
}

/** null: there is no such process. */
async function unlessGone<T>(
  asked: Promise<T>,
  also: ReadonlySet<string> = new Set(),
): Promise<T | null> {
  try {
    return await asked;
  } catch (error) {
    const code = errorCode(error);
    if (GONE.has(code) || also.has(code)) return null;
    throw error;
  }
}

/** ESRCH: it ended between being opened and being read. */
const GONE: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ESRCH']);
/** Another user's, where the system hides them: none that we started. */
const FORBIDDEN: ReadonlySet<string> = new Set(['EACCES', 'EPERM']);
