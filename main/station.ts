import { randomUUID } from 'node:crypto';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Profile } from '@shared/model/profile';
import type { Stream } from '@shared/model/recording';
import type { Settings } from '@shared/model/settings';
import type { ServiceStatus, StationSnapshot } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import { ControlSocket } from './api/control-socket';
import { createRouter, type StationRouter } from './api/router';
import type { Clock } from './clock/clock';
import { readUptimeMs } from './clock/clock-look';
import { ClockSync } from './clock/clock-sync';
import { ClockWatch } from './clock/clock-watch';
import { systemClock } from './clock/system-clock';
import { CoverageKeeper } from './coverage/coverage-keeper';
import { CoverageReport } from './coverage/coverage-report';
import { StationKey } from './coverage/station-key';
import { DataDiskWatch } from './data-disk/data-disk-watch';
import { fileSystemOf, type KnownStations } from './data-disk/known-stations';
import { ensureMarker } from './data-disk/marker';
import { recogniseStation } from './data-disk/recognise';
import { type DataFolder, dataFolderAt, prepareDataFolder } from './data-folder';
import { asDatabaseError } from './database/integrity';
import { openDatabase, type OpenReport } from './database/open';
import { AlsaScanner } from './devices/alsa-scan';
import { explainOpenFailure } from './devices/device-access';
import { DeviceRegistry } from './devices/registry';
import { watchUsb } from './devices/usb-hotplug';
import { createEventBus, type EventBus } from './events/bus';
import { writeFileDurably } from './files/durable';
import { type FolderLock, lockFolder } from './folder-lock';
import { Indexer } from './indexer/indexer';
import { WorkspaceOwners } from './indexer/workspace-owners';
import { LivePorts } from './live/live-ports';
import { LiveStreams } from './live/live-streams';
import type { Logger } from './logging/logger';
import { StationLog } from './logging/station-log';
import { AlertKeeper, type PresentFacts } from './monitor/alert-keeper';
import { Alerts } from './monitor/alerts';
import { HostMetrics } from './monitor/host-metrics';
import { keepSettingAlerts } from './monitor/setting-alerts';
import { makeSnapshot } from './monitor/snapshot';
import { StatusStream } from './monitor/status-stream';
import { readBootId } from './process/identity';
import { PriorityReader, stepAside } from './process/priority';
import { readProfileSeeds } from './profiles/profile-seeds';
import { ProfileStore } from './profiles/profile-store';
import { liveSender } from './recorder/capture-command';
import { LedgerReader } from './recorder/ledger-reader';
import { RetimableRuns } from './recorder/retimable-runs';
import { RecorderSupervisor } from './recorder/supervisor';
import { witnessOf } from './recorder/workspace-witness';
import { RecordingsRepository } from './recordings/repository';
import { Retimer } from './retiming/retimer';
import { type Runtime, socketPath } from './runtime-file';
import { Timetable } from './schedule/timetable';
import type { Service } from './service';
import { readDefaults } from './settings/defaults';
import { SettingsStore } from './settings/settings-store';
import { SettingsWatch } from './settings/settings-watch';
import type { Updater } from './updates/updater';
import { amendGuano } from './wav/guano';
import { guanoTimestamp } from './wav/guano-timestamp';
import { segmentGuano } from './wav/segment-guano';
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
  /** Time since boot with suspended time, milliseconds; default: the machine's, where the clock is the machine's. */
  readonly uptimeMs?: () => number | null;
  /** Where the services that set the clock leave their marks; default `/run`. */
  readonly runRoot?: string;
  /** Where ALSA and USB are looked for; tests bring a tree of their own. */
  readonly hardwareRoots?: { readonly procRoot: string; readonly sysRoot: string };
  /** Program name or path. */
  readonly ffmpeg?: string;
  /** Where it is remembered which station lies where; without it nothing is, as for a demo. */
  readonly knownStations?: KnownStations;
  /** Make a new station where a known one is missing. */
  readonly newStation?: boolean;
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
  const known = options.knownStations ?? null;
  const { stationId, insteadOf } = await recogniseStation(
    folder,
    known,
    options.newStation ?? false,
  );
  await prepareDataFolder(folder);
  const lock = lockFolder(folder);
  let opened: OpenReport | null = null;
  try {
    const identity = await markFolder(folder, stationId, clock.wallMs());
    opened = await openDatabase({
      file: folder.databaseFile,
      backupDir: folder.backupDir,
      migrationsDir: options.migrationsDir,
      clock,
    });
    const problems = [
      identity.problem,
      known === null
        ? null
        : await rememberFolder(known, folder, identity.stationId, clock.wallMs()),
    ].filter((problem) => problem !== null);
    const place = { stationId: identity.stationId, insteadOf, problems };
    return new Station({ options, clock, folder, place, lock, opened, defaults, seeds });
  } catch (error) {
    opened?.connection.sqlite.close();
    lock.release();
    throw asDatabaseError(error, folder.databaseFile);
  }
}

/** A disk that is full is no reason not to open an older station: the watch marks it when it can. */
async function markFolder(
  folder: DataFolder,
  stationId: string | null,
  wallMs: number,
): Promise<{ stationId: string; problem: string | null }> {
  try {
    const marker = await ensureMarker(folder.root, stationId, wallMs);
    return { stationId: marker.stationId, problem: null };
  } catch (error) {
    const problem = `The data folder could not be marked: ${messageOf(error)}`;
    return { stationId: stationId ?? randomUUID(), problem };
  }
}

/** @returns what went wrong: it costs no recording, only that an unmounted disk is not noticed at the next start */
async function rememberFolder(
  stations: KnownStations,
  folder: DataFolder,
  stationId: string,
  seenMs: number,
): Promise<string | null> {
  try {
    const fileSystem = await fileSystemOf(folder.root);
    await stations.remember(folder.root, { stationId, fileSystem, seenMs });
    return null;
  } catch (error) {
    return `The data folder could not be remembered: ${messageOf(error)}`;
  }
}

/** Which station lies in the data folder, and what its opening had to say of that. */
interface Place {
  readonly stationId: string;
  /** The station that was there the last time, where it was another. */
  readonly insteadOf: string | null;
  readonly problems: readonly string[];
}

interface Foundation {
  readonly options: StationOptions;
  readonly clock: Clock;
  readonly folder: DataFolder;
  readonly place: Place;
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
  readonly clock: ClockWatch;
  readonly settings: SettingsStore;
  readonly devices: DeviceRegistry;
  readonly recorders: RecorderSupervisor;
  readonly indexer: Indexer;
  readonly recordings: RecordingsRepository;
  readonly alerts: Alerts;
  readonly dataDisk: DataDiskWatch;

  readonly #foundation: Foundation;
  readonly #log: StationLog;
  readonly #socket: ControlSocket;
  /** In the order of the sound: each starts after what it needs, and stops before it. */
  readonly #services: readonly Service[];
  #started: { wallMs: number; monotonicMs: number } | null = null;
  #stopping: Promise<void> | null = null;

  constructor(foundation: Foundation) {
    this.#foundation = foundation;
    const { options, clock, folder, place, opened, defaults, seeds } = foundation;
    const { connection } = opened;
    const { bus } = this;
    let mayLog = (): boolean => true; // until the disk is watched
    this.#log = new StationLog({ logDir: folder.logDir, clock, mayWrite: () => mayLog() });
    this.logger = this.#log.logger('station');
    this.clock = new ClockWatch({
      connection,
      clock,
      bus,
      logger: this.#log.logger('clock'),
      sync: new ClockSync({
        clock,
        ...(options.runRoot === undefined ? {} : { runRoot: options.runRoot }),
      }),
      bootId: readBootId,
      // Another clock than the machine's own has no suspended time to be compared with, unless it brings one.
      uptimeMs: options.uptimeMs ?? (clock === systemClock ? readUptimeMs : () => null),
    });
    this.settings = new SettingsStore({ connection, clock, bus, logger: this.logger, defaults });
    this.settings.seed();
    const profiles = new ProfileStore({ connection, clock, bus, logger: this.logger });
    profiles.seed(seeds);
    const profileList = cachedUntilChanged(bus, () => profiles.profiles());
    this.alerts = new Alerts({ connection, clock, bus });
    keepSettingAlerts(this.alerts, () => this.settings.problems(), bus);
    this.dataDisk = new DataDiskWatch({
      root: folder.root,
      stationId: place.stationId,
      databaseFile: folder.databaseFile,
      clock,
      bus,
      logger: this.logger,
    });
    mayLog = () => this.#folderIsThere();
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
    const timetable = new Timetable({
      place: () => this.settings.get().system,
      clockTrusted: () => this.clock.trusted(),
    });
    const priorities = new PriorityReader();
    const livePorts = new LivePorts(
      () =>
        new Set(
          this.devices.list().flatMap(({ name }) => this.recorders.livePort(name)?.port ?? []),
        ),
    );
    this.recorders = new RecorderSupervisor({
      clock,
      bus,
      logger: this.#log.logger('recorder'),
      ffmpeg: options.ffmpeg ?? process.env['SILVASONIC_FFMPEG'] ?? 'ffmpeg',
      recorderDir: folder.recorderDir,
      clockSynced: () => this.clock.synced(),
      devices: () => this.devices.list(),
      profile: (slug) => profileList().find((profile) => profile.slug === slug) ?? null,
      maxRecorders: () => this.settings.get().system.max_recorders,
      schedule: (device) => timetable.stateOf(device, clock.wallMs()),
      dataDisk: this.dataDisk,
      explain: (device, code) =>
        explainOpenFailure(
          device,
          code,
          options.hardwareRoots === undefined ? {} : { procRoot: options.hardwareRoots.procRoot },
        ),
      signalOf: (device) => this.indexer.signalOf(device),
      priorityOf: (pid) => priorities.read(pid),
      livePort: () => livePorts.freeUdpPort(),
      describe: (device, segment) =>
        segmentGuano({
          device: { make: null, model: null, serial: null, ...device },
          station: this.#asMetadata(),
          segment: { ...segment, startMs: segment.startWallMs },
        }),
      ...(options.segmentDurationS === undefined
        ? {}
        : { segmentDurationS: options.segmentDurationS }),
    });
    const ledger = new LedgerReader(folder.recorderDir);
    const owners = new WorkspaceOwners({
      connection,
      clock,
      logger: this.#log.logger('indexer'),
      witness: (workspace) => witnessOf(folder.recorderDir, workspace, ledger),
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
    const runs = new RetimableRuns(folder.recorderDir);
    const retimer = new Retimer({
      connection,
      clock,
      bus,
      logger: this.#log.logger('retimer'),
      dataRoot: folder.root,
      archive: {
        list: () => runs.list(),
        read: (key) => runs.read(key),
        ledger: (key) => runs.ledger(key),
        remember: (key, segment) => runs.remember(key, segment),
        shift: (runId, deltaMs) => this.recorders.shiftRun(runId, deltaMs),
      },
      bootId: readBootId,
      correctionOf: (anchor) => this.clock.correctionOf(anchor),
      restamp: (path, startMs) =>
        amendGuano(
          path,
          new Map([
            ['Timestamp', guanoTimestamp(startMs, this.settings.get().system.timezone)],
            ['Silvasonic|Clock', 'synchronised'],
          ]),
        ),
      whileNotIndexing: (work) => this.indexer.whileNotIndexing(work),
      diskUsable: () => this.dataDisk.usable(),
    });
    this.recordings = new RecordingsRepository(connection, folder.root, bus);
    const coverageKeeper = new CoverageKeeper({
      connection,
      clock,
      bus,
      logger: this.#log.logger('coverage'),
      bootId: readBootId,
      clockTrusted: () => this.clock.trusted(),
      isCapturing: (device) =>
        this.recorders.statuses().some((one) => one.device === device && one.runId !== null),
    });
    const settingsWatch = new SettingsWatch(this.settings, clock);
    const alertKeeper = new AlertKeeper({
      alerts: this.alerts,
      clock,
      bus,
      logger: this.logger,
      facts: () => this.#facts(),
    });
    // Stopped in reverse: the recorder promotes its last segments while the indexer still listens.
    this.#services = [
      this.dataDisk,
      this.clock,
      settingsWatch,
      this.devices,
      this.indexer,
      retimer,
      coverageKeeper,
      this.recorders,
      alertKeeper,
    ];
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
        clockSynced: () => this.clock.synced(),
        recorders: () => this.recorders.statuses(),
        services: () => this.#serviceStatuses(),
        dataDisk: () => this.dataDisk.state(),
        host: () => host.measure(),
        recordings: () => ({
          total: this.recordings.total,
          lastIndexedAtMs: this.#lastIndexedAtMs(),
        }),
        alerts: () => this.alerts.open(),
      });
    const live = new LiveStreams({
      known: (name) => this.devices.list().some((device) => device.name === name),
      port: (device) => this.recorders.livePort(device),
      sender: liveSender,
      bus,
      clock,
      logger: this.#log.logger('live'),
    });
    this.router = createRouter({
      snapshot,
      statusStream: new StatusStream({ clock, bus, logger: this.#log.logger('monitor'), snapshot }),
      bus,
      devices: this.devices,
      recorders: this.recorders,
      live,
      scheduling: timetable,
      recordings: this.recordings,
      coverage: new CoverageReport({
        connection,
        clock,
        recorders: () => this.recorders.statuses(),
        station: () => ({
          ...this.settings.get().system,
          name: this.settings.get().system.station_name,
        }),
        stationId: () => place.stationId,
        software: `Silvasonic Station Console ${options.version}`,
        clockSynced: () => this.clock.synced(),
        key: new StationKey(folder.stationKeyFile),
      }),
      alerts: this.alerts,
      profiles,
      settings: this.settings,
      log: this.#log,
      updater: options.updater,
      vault: new CredentialVault({ clock }),
    });
    this.#socket = new ControlSocket(socketPath(folder), this.router);
    this.#reportPlace(place);
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
    const oomScores = await stepAside();
    this.logger.info('station.stepped_aside', 'Out of memory, the console goes first.', {
      oomScores,
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
    await this.dataDisk.look();
    await this.devices.start();
    await this.devices.stop();
    await this.recorders.look();
  }

  /**
   * Ends everything in order and lets go of the data folder. Safe to call twice.
   * @param captures `hand_over`: they run on, for the next console to adopt
   */
  stop(captures: 'end' | 'hand_over' = 'end'): Promise<void> {
    this.#stopping ??= this.#stop(captures);
    return this.#stopping;
  }

  /** Where a recording's file lies, or null when it has none of that kind here. */
  mediaFile(id: number, stream: Stream): { path: string; sizeBytes: number } | null {
    return this.recordings.mediaFile(id, stream);
  }

  async #stop(captures: 'end' | 'hand_over'): Promise<void> {
    const { lock, opened } = this.#foundation;
    if (this.#started !== null) {
      await this.#closeDoor();
      for (const service of [...this.#services].reverse()) {
        try {
          if (service === this.recorders && captures === 'hand_over')
            await this.recorders.handOver();
          else await service.stop();
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
    // SQLite removes its log by name as it closes, and by that name another disk's log may lie there now.
    if (!this.#folderIsThere()) return;
    opened.connection.sqlite.close();
    lock.release();
  }

  async #closeDoor(): Promise<void> {
    try {
      await this.#socket.close();
      await rm(this.#foundation.folder.runtimeFile, { force: true });
    } catch (error) {
      this.logger.warn('control.close_failed', 'What the command line used could not be removed.', {
        error,
      });
    }
  }

  /** False once the disk was found to be gone: nothing may be made in its mount point. */
  #folderIsThere(): boolean {
    return this.dataDisk.state().state !== 'missing';
  }

  /** The station as its recordings tell of it. */
  #asMetadata() {
    const { options, place } = this.#foundation;
    const { station_name: name, latitude, longitude, timezone } = this.settings.get().system;
    return {
      id: place.stationId,
      name,
      latitude,
      longitude,
      timezone,
      version: options.version,
    };
  }

  /** A service that cannot even say how it is must not silence the others. */
  #serviceStatuses(): ServiceStatus[] {
    return this.#services.map((service) => {
      try {
        return service.status();
      } catch (error) {
        const { name } = service;
        return { name, state: 'failed', details: messageOf(error), counters: {} };
      }
    });
  }

  /** A database that is lost with its disk must not silence the status. */
  #lastIndexedAtMs(): number | null {
    try {
      return this.recordings.lastIndexedAtMs();
    } catch {
      return null;
    }
  }

  /** What alerts rest on. */
  #facts(): PresentFacts {
    const services = this.#serviceStatuses();
    const recorder = services.find(({ name }) => name === this.recorders.name);
    const { latitude, longitude } = this.settings.get().system;
    return {
      recorders: this.recorders.statuses(),
      devices: this.devices.list(),
      dataDisk: this.dataDisk.state(),
      clockSynced: this.clock.synced(),
      positionKnown: latitude !== null && longitude !== null,
      ffmpegProblem: recorder?.state === 'failed' ? recorder.details : null,
      services,
    };
  }

  #reportPlace({ stationId, insteadOf, problems }: Place): void {
    for (const problem of problems) this.logger.warn('data_folder.unmarked', problem);
    if (insteadOf === null) {
      this.alerts.clear('data_disk.swapped');
      return;
    }
    const text = `Station ${stationId} lies in the data folder, where station ${insteadOf} was the last time: the disk was swapped.`;
    this.logger.warn('data_disk.swapped', text, { stationId, insteadOf });
    this.alerts.raise('data_disk.swapped', 'warning', text);
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

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
