import { readdir, readFile } from 'node:fs/promises';

/** A process that cannot be mistaken for another one that got the same number later. */
export interface ProcessIdentity {
  readonly pid: number;
  /** Clock ticks after boot, field 22 of /proc/<pid>/stat. */
  readonly startTicks: number;
  /** From /proc/sys/kernel/random/boot_id: ticks compare only within one boot. */
  readonly bootId: string;
}

/** Who runs under this number now, or null. Zombies count as gone. */
export async function identifyProcess(
  pid: number,
  procRoot = '/proc',
): Promise<ProcessIdentity | null> {
  let stat: string;
  try {
    stat = await readFile(`${procRoot}/${String(pid)}/stat`, 'utf8');
  } catch {
    return null;
  }
  // The second field is the command in brackets and may itself hold brackets and spaces.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const state = fields[0];
  const startTicks = Number(fields[19]);
  if (state === 'Z' || state === 'X' || !Number.isFinite(startTicks)) return null;
  return { pid, startTicks, bootId: await readBootId(procRoot) };
}

/** The process whose command line holds this text, or null. For captures of which only the plan is known. */
export async function findProcess(
  text: string,
  procRoot = '/proc',
): Promise<ProcessIdentity | null> {
  for (const name of await readdir(procRoot)) {
    if (!/^\d+$/.test(name)) continue;
    const commandLine = await readFile(`${procRoot}/${name}/cmdline`, 'utf8').catch(() => '');
    if (commandLine.includes(text)) return identifyProcess(Number(name), procRoot);
  }
  return null;
}

/** Does exactly this process still live? */
export async function isAlive(identity: ProcessIdentity, procRoot = '/proc'): Promise<boolean> {
  const now = await identifyProcess(identity.pid, procRoot);
  return now?.startTicks === identity.startTicks && now.bootId === identity.bootId;
}

export async function readBootId(procRoot = '/proc'): Promise<string> {
  try {
    return (await readFile(`${procRoot}/sys/kernel/random/boot_id`, 'utf8')).trim();
  } catch {
    return 'unknown';
  }
}
