import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '@shared/model/profile';
import type { Stream } from '@shared/model/recording';
import type { Settings } from '@shared/model/settings';
import type { StationSnapshot } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import { ControlSocket } from './api/control-socket';
import { createRouter, type StationRouter } from './api/router';
import type { Clock } from './clock/clock';
import { readClockSync } from './clock/clock-sync';
import { systemClock } from './clock/system-clock';
import { type DataFolder, dataFolderAt, prepareDataFolder } from './data-folder';
import { asDatabaseError } from './database/integrity';
import { openDatabase, type OpenReport } from './database/open';
import { AlsaScanner } from './devices/alsa-scan';
import { DeviceRegistry } from './devices/registry';
import { watchUsb } from './devices/usb-hotplug';
import { createEventBus, type EventBus } from './events/bus';
import { writeFileDurably } from './files/durable';
import { type FolderLock, lockFolder } from './folder-lock';
import { Indexer } from './indexer/indexer';
import { WorkspaceOwners } from './indexer/workspace-owners';
import type { Logger } from './logging/logger';
import { StationLog } from './logging/station-log';
import { Alerts } from './monitor/alerts';
import { HostMetrics } from './monitor/host-metrics';
import { keepSettingAlerts } from './monitor/setting-alerts';
import { makeSnapshot } from './monitor/snapshot';
import { StatusStream } from './monitor/status-stream';
import { readProfileSeeds } from './profiles/profile-seeds';
import { ProfileStore } from './profiles/profile-store';
import { LedgerReader } from './recorder/ledger-reader';
import { RecorderSupervisor } from './recorder/supervisor';
import { RecordingsRepository } from './recordings/repository';
import { type Runtime, socketPath } from './runtime-file';
import type { Service } from './service';
import { readDefaults } from './settings/defaults';
import { SettingsStore } from './settings/settings-store';
import { SettingsWatch } from './settings/settings-watch';
import type { Updater } from './updates/updater';
import { CredentialVault } from './vault/credential-vault';

export interface StationOptions {
  readonly dataDir: string;
  readonly shell: 'window' | 'headless';
  readonly demo: boolean;
  readonly version: string;
  /** Holds `defaults.yml` and `profiles/`. */
  readonly resourcesDir: string;
  readonly migrationsDir: string;
  readonly sha256WorkerUrl: URL;
  readonly updater: Updater;
  /** Simulated microphones that are to exist. */
  readonly simulate?: number;
  /** Overrides the segment length of every profile, seconds. */
  readonly segmentDurationS?: number;
  readonly clock?: Clock;
  /** Where ALSA and USB are looked for; tests bring a tree of their own. */
  readonly hardwareRoots?: { readonly procRoot: string; readonly sysRoot: string };
  /** Program name or path. */
  readonly ffmpeg?: string;
}

/**
 * Opens a station: lock, database, settings, profiles. Nothing records yet.
 * @throws StationError with one sentence that says what is wrong and where
 */
export async function openStation(options: StationOptions): Promise<Station> {
  const clock = options.clock ?? systemClock;
  const folder = dataFolderAt(options.dataDir);
  // What ships is read first: if it is broken, nothing of the user's is touched.
  const defaults = await readDefaults(join(options.resourcesDir, 'defaults.yml'));
  const seeds = await readProfileSeeds(join(options.resourcesDir, 'profiles'));
  await prepareDataFolder(folder);
  const lock = lockFolder(folder);
  let opened: OpenReport | null = null;
  try {
    opened = await openDatabase({
      file: folder.databaseFile,
      backupDir: folder.backupDir,
      migrationsDir: options.migrationsDir,
      clock,
    });
    return new Station({ options, clock, folder, lock, opened, defaults, seeds });
  } catch (error) {
    opened?.connection.sqlite.close();
    lock.release();
    throw asDatabaseError(error, folder.databaseFile);
  }
}

interface Foundation {
  readonly options: StationOptions;
  readonly clock: Clock;
  readonly folder: DataFolder;
  readonly lock: FolderLock;
  readonly opened: OpenReport;
  readonly defaults: Settings;
  readonly seeds: readonly Profile[];
}

/** Builds every service, starts and stops them in order: the table of contents of the station. */
export class Station {
  readonly router: StationRouter;
  readonly bus: EventBus = createEventBus();
  readonly logger: Logger;
  readonly settings: SettingsStore;
  readonly devices: DeviceRegistry;
  readonly recorders: RecorderSupervisor;
  readonly indexer: Indexer;
  readonly recordings: RecordingsRepository;
  readonly alerts: Alerts;

  readonly #foundation: Foundation;
  readonly #log: StationLog;
  readonly #socket: ControlSocket;
  /** In the order of the sound: each starts after what it needs, and stops before it. */
  readonly #services: readonly Service[];
  #started: { wallMs: number; monotonicMs: number } | null = null;
  #stopping: Promise<void> | null = null;

  constructor(foundation: Foundation) {
    this.#foundation = foundation;
    const { options, clock, folder, opened, defaults, seeds } = foundation;
    const { connection } = opened;
    const { bus } = this;
    this.#log = new StationLog({ logDir: folder.logDir, clock });
    this.logger = this.#log.logger('station');
    this.settings = new SettingsStore({ connection, clock, bus, logger: this.logger, defaults });
    this.settings.seed();
    const profiles = new ProfileStore({ connection, clock, bus, logger: this.logger });
    profiles.seed(seeds);
    const profileList = cachedUntilChanged(bus, () => profiles.profiles());
    this.alerts = new Alerts({ connection, clock, bus });
    keepSettingAlerts(this.alerts, () => this.settings.problems(), bus);
    const scanner = new AlsaScanner(options.hardwareRoots);
    this.devices = new DeviceRegistry({
      connection,
      clock,
      bus,
      logger: this.logger,
      scan: (deep) => scanner.scan(deep),
      profiles: profileList,
      settings: () => this.settings.get(),
      hotplug: (onChange) =>
        watchUsb(
          {
            logger: this.logger,
            ...(options.hardwareRoots === undefined
              ? {}
              : { sysRoot: options.hardwareRoots.sysRoot }),
          },
          onChange,
        ),
    });
    this.recorders = new RecorderSupervisor({
      clock,
      bus,
      logger: this.#log.logger('recorder'),
      ffmpeg: options.ffmpeg ?? process.env['SILVASONIC_FFMPEG'] ?? 'ffmpeg',
      recorderDir: folder.recorderDir,
      clockSynced: readClockSync,
      devices: () => this.devices.list(),
      profile: (slug) => profileList().find((profile) => profile.slug === slug) ?? null,
      maxRecorders: () => this.settings.get().system.max_recorders,
      ...(options.segmentDurationS === undefined
        ? {}
        : { segmentDurationS: options.segmentDurationS }),
    });
    const ledger = new LedgerReader(folder.recorderDir);
    const owners = new WorkspaceOwners({
      connection,
      clock,
      logger: this.#log.logger('indexer'),
      witness: async (workspace) => (await ledger.newestRun(workspace))?.device ?? null,
    });
    this.indexer = new Indexer({
      connection,
      clock,
      bus,
      logger: this.#log.logger('indexer'),
      dataRoot: folder.root,
      recorderDir: folder.recorderDir,
      sha256WorkerUrl: options.sha256WorkerUrl,
      pollIntervalS: () => this.settings.get().processor.indexer_poll_interval,
      ownerOf: (workspace) => owners.ownerOf(workspace),
      segmentFacts: (workspace, runId, sequence) => ledger.segment(workspace, runId, sequence),
    });
    this.recordings = new RecordingsRepository(connection, folder.root, bus);
    const settingsWatch = new SettingsWatch(this.settings, clock);
    // Stopped in reverse: the recorder promotes its last segments while the indexer still listens.
    this.#services = [settingsWatch, this.devices, this.indexer, this.recorders];
    const host = new HostMetrics(folder.root);
    const snapshot = (): Promise<StationSnapshot> =>
      makeSnapshot({
        clock,
        version: options.version,
        dataDir: folder.root,
        shell: options.shell,
        demo: options.demo,
        started: () => this.#started,
        settings: () => this.settings.get(),
        clockSynced: readClockSync,
        recorders: () => this.recorders.statuses(),
        services: () => this.#services.map((service) => service.status()),
        host: () => host.measure(),
        recordings: () => ({
          total: this.recordings.total,
          lastIndexedAtMs: this.recordings.lastIndexedAtMs(),
        }),
        alerts: () => this.alerts.open(),
      });
    this.router = createRouter({
      snapshot,
      statusStream: new StatusStream({ clock, bus, logger: this.#log.logger('monitor'), snapshot }),
      bus,
      devices: this.devices,
      recorders: this.recorders,
      recordings: this.recordings,
      profiles,
      settings: this.settings,
      log: this.#log,
      updater: options.updater,
      vault: new CredentialVault({ clock }),
    });
    this.#socket = new ControlSocket(socketPath(folder), this.router);
    this.#reportOpening(opened);
  }

  /** Starts every service and opens the door for the command line. */
  async start(): Promise<void> {
    const { clock, folder, options } = this.#foundation;
    if (this.#started !== null) return;
    this.#started = { wallMs: clock.wallMs(), monotonicMs: clock.monotonicMs() };
    this.logger.info('station.starting', 'The station starts.', {
      version: options.version,
      shell: options.shell,
      dataDir: folder.root,
    });
    for (const service of this.#services) await service.start();
    if (options.simulate !== undefined) await this.devices.ensureSimulated(options.simulate);
    await this.#openDoor(this.#started.wallMs);
  }

  /** The door for the command line. A disk that knows no sockets closes it; recording does not depend on it. */
  async #openDoor(startedWallMs: number): Promise<void> {
    const { folder, options } = this.#foundation;
    const runtime: Runtime = {
      pid: process.pid,
      version: options.version,
      socket: socketPath(folder),
      startedAt: toInstant(startedWallMs),
    };
    try {
      await this.#socket.listen();
      await writeFileDurably(folder.runtimeFile, JSON.stringify(runtime));
      this.alerts.clear('control.unreachable');
    } catch (error) {
      const detail = error instanceof Error ? error.message : String(error);
      this.logger.error('control.unreachable', 'The command line cannot reach this console.', {
        detail,
      });
      this.alerts.raise('control.unreachable', 'warning', detail);
    }
  }

  /** For one question from the command line while no console runs: what is plugged in, what still records. */
  async look(): Promise<void> {
    await this.devices.start();
    await this.devices.stop();
    await this.recorders.look();
  }

  /** Ends everything in order and lets go of the data folder. Safe to call twice. */
  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  /** Where a recording's file lies, or null when it has none of that kind here. */
  mediaFile(id: number, stream: Stream): { path: string; sizeBytes: number } | null {
    return this.recordings.mediaFile(id, stream);
  }

  async #stop(): Promise<void> {
    const { folder, lock, opened } = this.#foundation;
    if (this.#started !== null) {
      await this.#socket.close();
      await rm(folder.runtimeFile, { force: true });
      for (const service of [...this.#services].reverse()) {
        try {
          await service.stop();
        } catch (error) {
          this.logger.error('service.stop_failed', 'A service did not stop cleanly.', {
            name: service.name,
            error,
          });
        }
      }
      this.logger.info('station.stopped', 'The station has stopped.');
    }
    await this.#log.close();
    opened.connection.sqlite.close();
    lock.release();
  }

  #reportOpening(opened: OpenReport): void {
    if (opened.backup !== null) {
      this.logger.info('database.migrated', 'The database was brought to this version.', {
        migrations: opened.migrationsApplied,
        backup: opened.backup,
      });
    }
    if (opened.rescue === null) return;
    const { damage, quarantinedAs, restoredFrom } = opened.rescue;
    const source = restoredFrom ?? 'nothing: there was no backup';
    this.logger.error('database.restored', 'The database was damaged and has been replaced.', {
      damage,
      quarantinedAs,
      restoredFrom,
    });
    this.alerts.raise(
      'database.restored',
      'warning',
      `The database was damaged (${damage}). It lies in ${quarantinedAs}; restored from ${source}. Recordings are found again on disk.`,
    );
  }
}

/** The recorder asks for its profile every second; the database is asked when one changed. */
function cachedUntilChanged(
  bus: EventBus,
  load: () => readonly Profile[],
): () => readonly Profile[] {
  let cached: readonly Profile[] | null = null;
  bus.prependListener('profile.changed', () => {
    cached = null;
  });
  return () => (cached ??= load());
}
