import { readFile, statfs } from 'node:fs/promises';
import { basename } from 'node:path';

/** A disk, a card or a stick that is plugged in and mounted. */
export interface Place {
  readonly path: string;
  readonly name: string;
  readonly totalBytes: number;
  readonly freeBytes: number;
  readonly writable: boolean;
}

/** Where desktops and people mount what comes and goes. */
const WHERE_MEDIA_ARE = /^\/(?:media|run\/media|mnt)(?:\/|$)/;
/** A disk that does not answer (a network drive, a dying stick) must not keep the others from being told. */
const PATIENCE_MS = 1_000;

/** What is mounted where removable media are mounted. @param procRoot `/proc` */
export async function mountedPlaces(procRoot = '/proc'): Promise<Place[]> {
  const text = await readFile(`${procRoot}/self/mountinfo`, 'utf8').catch(() => '');
  const places = await Promise.all(mountsIn(text).map(measured));
  return places.filter((place) => place !== null);
}

interface Mount {
  readonly path: string;
  readonly readOnly: boolean;
}

/** Source: proc_pid_mountinfo(5). */
export function mountsIn(mountinfo: string): Mount[] {
  const mounts = new Map<string, Mount>();
  for (const line of mountinfo.split('\n')) {
    const [, , , , mountPoint = '', options = '', ...rest] = line.split(' ');
    const path = unescaped(mountPoint);
    if (!WHERE_MEDIA_ARE.test(path)) continue;
    // After the optional fields: type, source, options of the file system as a whole.
    const superOptions = rest.slice(rest.indexOf('-') + 1)[2] ?? '';
    const readOnly = [options, superOptions].some((list) => list.split(',').includes('ro'));
    mounts.set(path, { path, readOnly }); // what was mounted last lies above
  }
  return [...mounts.values()].sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** Space, tab, line end and backslash are written as octal numbers of their bytes. */
function unescaped(text: string): string {
  return text.replaceAll(/\\([0-7]{3})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 8)),
  );
}

async function measured({ path, readOnly }: Mount): Promise<Place | null> {
  const silence = new Promise<null>((done) => {
    setTimeout(done, PATIENCE_MS, null).unref();
  });
  const disk = await Promise.race([statfs(path).catch(() => null), silence]);
  if (disk === null || disk.blocks === 0) return null;
  return {
    path,
    name: basename(path),
    totalBytes: disk.blocks * disk.bsize,
    freeBytes: disk.bavail * disk.bsize,
    writable: !readOnly,
  };
}
