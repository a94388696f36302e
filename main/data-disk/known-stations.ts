import { mkdir, readdir, readFile, realpath, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import { writeFileDurably } from '../files/durable';

const knownStationSchema = z.strictObject({
  stationId: z.uuid(),
  /** UUID of the file system that held it; null where the system does not tell. */
  fileSystem: z.string().nullable(),
  /** UTC milliseconds. */
  seenMs: z.number(),
});
export type KnownStation = z.infer<typeof knownStationSchema>;
const fileSchema = z.strictObject({
  version: z.literal(1),
  stations: z.record(z.string(), knownStationSchema),
});

/** Folders beyond this are forgotten, those first that were not seen for the longest time. */
const MOST_KEPT = 200;

/** Which station was last in which data folder. Kept outside of them: a disk that is not there tells nothing. */
export class KnownStations {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** null when no station is known there, or the list cannot be read. */
  async find(root: string): Promise<KnownStation | null> {
    const stations = await this.#read();
    return Object.hasOwn(stations, root) ? (stations[root] ?? null) : null;
  }

  /**
   * Writes only what is news.
   * @throws the file system's error when the list cannot be written
   */
  async remember(root: string, station: KnownStation): Promise<void> {
    const stations = await this.#read();
    const known = Object.hasOwn(stations, root) ? stations[root] : undefined;
    if (
      known !== undefined &&
      known.stationId === station.stationId &&
      known.fileSystem === station.fileSystem
    ) {
      return;
    }
    const kept = Object.entries(stations)
      .filter(([path]) => path !== root)
      .sort(([, a], [, b]) => b.seenMs - a.seenMs)
      .slice(0, MOST_KEPT - 1);
    await mkdir(dirname(this.#file), { recursive: true, mode: 0o700 });
    const document = { version: 1, stations: Object.fromEntries([[root, station], ...kept]) };
    await writeFileDurably(this.#file, `${JSON.stringify(document, null, 2)}\n`);
  }

  async #read(): Promise<Record<string, KnownStation>> {
    try {
      return fileSchema.parse(JSON.parse(await readFile(this.#file, 'utf8'))).stations;
    } catch {
      return {}; // none yet, or spoilt: it is only a memory, and the next start writes it anew
    }
  }
}

/** The usual place of the list: the XDG state home. */
export function knownStationsFile(env: NodeJS.ProcessEnv): string {
  const xdg = env['XDG_STATE_HOME'];
  const state = xdg?.startsWith('/') === true ? xdg : join(homedir(), '.local', 'state');
  return join(state, 'silvasonic', 'known-stations.json');
}

/**
 * UUID of the file system that holds a path, as udev names it.
 * @returns null where the system does not tell: no block device beneath, no udev
 */
export async function fileSystemOf(
  path: string,
  byUuid = '/dev/disk/by-uuid',
): Promise<string | null> {
  try {
    const { dev } = await stat(path);
    for (const uuid of await readdir(byUuid)) {
      const device = await stat(await realpath(join(byUuid, uuid))).catch(() => null);
      if (device?.rdev === dev) return uuid;
    }
  } catch {
    // Neither is needed to recognise a station.
  }
  return null;
}
