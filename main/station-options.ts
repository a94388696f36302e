import type { Clock } from './clock/clock';
import type { KnownStations } from './data-disk/known-stations';
import type { FileDialogs } from './dialogs/file-dialogs';
import type { DiskUsage } from './janitor/disk-usage';
import type { Updater } from './updates/updater';
import type { SecretEnvironment } from './vault/secret-environment';

/** What a station is opened with. */
export interface StationOptions {
  readonly dataDir: string;
  readonly shell: 'window' | 'headless';
  readonly demo: boolean;
  readonly version: string;
  /** Holds `defaults.yml` and `profiles/`. */
  readonly resourcesDir: string;
  readonly migrationsDir: string;
  readonly sha256WorkerUrl: URL;
  readonly databaseWorkerUrl: URL;
  readonly headWorkerUrl: URL;
  readonly auditWorkerUrl: URL;
  readonly readWorkerUrl: URL;
  readonly assetWorkerUrl: URL;
  readonly importWorkerUrl: URL;
  readonly janitorWorkerUrl: URL;
  readonly updater: Updater;
  /** Where the station has a window: the desktop's dialogs before it. */
  readonly dialogs?: FileDialogs;
  /** Opens an address in the browser of whoever sits before the window. */
  readonly openAddress?: (address: string) => Promise<void>;
  /** Simulated microphones that are to exist. */
  readonly simulate?: number;
  /** Overrides the segment length of every profile, seconds. */
  readonly segmentDurationS?: number;
  readonly clock?: Clock;
  /** Time since boot with suspended time, milliseconds; default: the machine's, where the clock is the machine's. */
  readonly uptimeMs?: () => number | null;
  /** Where the services that set the clock leave their marks; default `/run`. */
  readonly runRoot?: string;
  /** Where ALSA and USB are looked for; tests bring a tree of their own. */
  readonly hardwareRoots?: { readonly procRoot: string; readonly sysRoot: string };
  /** How full the data disk is; default: as the file system says. What fills it may be no business of ours. */
  readonly measureDisk?: (path: string) => Promise<DiskUsage>;
  /** Programs that want to run, per core, over the last minute; default: as the kernel says. */
  readonly loadPerCore?: () => number;
  /** Program name or path. */
  readonly ffmpeg?: string;
  /** Where it is remembered which station lies where; without it nothing is, as for a demo. */
  readonly knownStations?: KnownStations;
  /** Taken from the environment; without it there is none, and no remote comes from there. */
  readonly secretEnvironment?: SecretEnvironment;
  /** Make a new station where a known one is missing. */
  readonly newStation?: boolean;
  /** Look at this copy of the database: the data folder cannot be written, and nothing is. Not to be started. */
  readonly databaseCopy?: string;
}
