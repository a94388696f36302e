import { rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import type { AssetKind } from '@shared/model/analysis';
import type { Stream } from '@shared/model/recording';
import type { ServiceStatus, StationSnapshot } from '@shared/model/station';
import { toInstant } from '@shared/model/time';
import { ControlSocket } from './api/control-socket';
import { createRouter, type StationRouter } from './api/router';
import { systemClock } from './clock/system-clock';
import type { ClockWatch } from './clock/clock-watch';
import { type Base, composeBase, type Foundation, type Place } from './composition/base';
import { composeAuthorising } from './composition/authorising';
import { type Cloud, composeCloud } from './composition/cloud';
import { composeLibrary, type Library } from './composition/library';
import { composeMetrics } from './composition/metrics';
import { composeRecording, type Recording } from './composition/recording';
import { composeRetention, type Retention } from './composition/retention';
import { composeUpkeep } from './composition/upkeep';
import type { LastConsole } from './coverage/console-life';
import { CoverageReport } from './coverage/coverage-report';
import { StationKey } from './coverage/station-key';
import { markFolder, rememberFolder } from './data-disk/claim-folder';
import type { DataDiskWatch } from './data-disk/data-disk-watch';
import { recogniseStation } from './data-disk/recognise';
import { dataFolderAt, prepareDataFolder } from './data-folder';
import { parseBackupName } from './database/backup-plan';
import { asDatabaseError } from './database/database-error';
import { mountedPlaces } from './dialogs/places';
import { JobThread } from './database/job-thread';
import { openDatabase, type OpenReport } from './database/open';
import type { DeviceRegistry } from './devices/registry';
import type { EventBus } from './events/bus';
import { writeFileDurably } from './files/durable';
import { type FolderLock, lockFolder } from './folder-lock';
import type { Indexer } from './indexer/indexer';
import { LiveStreams } from './live/live-streams';
import type { Logger } from './logging/logger';
import { AlertKeeper, type PresentFacts } from './monitor/alert-keeper';
import type { Alerts } from './monitor/alerts';
import { HostMetrics } from './monitor/host-metrics';
import { makeSnapshot } from './monitor/snapshot';
import { StatusStream } from './monitor/status-stream';
import { readBootId } from './process/identity';
import { stepAside } from './process/priority';
import { readProfileSeeds } from './profiles/profile-seeds';
import { liveSender } from './recorder/capture-command';
import type { RecorderSupervisor } from './recorder/supervisor';
import type { RecordingsRepository } from './recordings/repository';
import { type Runtime, socketPath, spareSocketPath } from './runtime-file';
import type { Service } from './service';
import { readDefaults } from './settings/defaults';
import type { SettingsStore } from './settings/settings-store';
import { SettingsWatch } from './settings/settings-watch';
import type { DatabaseUpkeep } from './upkeep/database-upkeep';
import type { StationOptions } from './station-options';
import { messageOf } from './error-message';

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
  const copy = options.databaseCopy;
  if (copy === undefined) await prepareDataFolder(folder);
  const lock = copy === undefined ? lockFolder(folder) : NO_LOCK;
  let opened: OpenReport | null = null;
  try {
    const identity = await markFolder(folder.root, stationId, clock.wallMs());
    opened = await openDatabase({
      file: copy ?? folder.databaseFile,
      backupDir: copy === undefined ? folder.backupDir : dirname(copy),
      migrationsDir: options.migrationsDir,
      clock,
      run: new JobThread(options.databaseWorkerUrl, 'brisk').run,
      isKnown: stationId !== null,
    });
    const problems = [
      identity.problem,
      known === null
        ? null
        : await rememberFolder(known, folder.root, identity.stationId, clock.wallMs()),
    ].filter((problem) => problem !== null);
    const place = {
      stationId: identity.stationId,
      insteadOf,
      isKnown: stationId !== null,
      problems,
    };
    return new Station({ options, clock, folder, place, lock, opened, defaults, seeds });
  } catch (error) {
    opened?.connection.sqlite.close();
    lock.release();
    throw asDatabaseError(error, folder.databaseFile);
  }
}

/** Whoever looks at a copy keeps nobody out. */
const NO_LOCK: FolderLock = { release: () => undefined };

/** Builds every service, starts and stops them in order: the table of contents of the station. */
export class Station {
  readonly router: StationRouter;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly clock: ClockWatch;
  readonly settings: SettingsStore;
  readonly devices: DeviceRegistry;
  readonly recorders: RecorderSupervisor;
  readonly indexer: Indexer;
  readonly recordings: RecordingsRepository;
  readonly alerts: Alerts;
  readonly dataDisk: DataDiskWatch;

  readonly #base: Base;
  readonly #recording: Recording;
  readonly #library: Library;
  readonly #cloud: Cloud;
  readonly #retention: Retention;
  readonly #upkeep: DatabaseUpkeep;
  readonly #key: StationKey;
  /** In the data folder, and one that outlives its disk. */
  readonly #doors: readonly ControlSocket[];
  /** In the order of the sound: each starts after what it needs, and stops before it. */
  readonly #services: readonly Service[];
  #started: { wallMs: number; monotonicMs: number } | null = null;
  #lastConsole: LastConsole | null = null;
  #replaced: string | null = null;
  #stopping: Promise<void> | null = null;

  constructor(foundation: Foundation) {
    const base = composeBase(foundation);
    const upkeep = composeUpkeep(base);
    const recording = composeRecording(base);
    const library = composeLibrary(base, recording, upkeep);
    const cloud = composeCloud(base, recording);
    const retention = composeRetention(base, recording, library.analysis, upkeep, cloud.isInUse);
    this.#base = base;
    this.#recording = recording;
    this.#library = library;
    this.#cloud = cloud;
    this.#retention = retention;
    this.#upkeep = upkeep;
    const keyFile = foundation.folder.stationKeyFile;
    this.#key = new StationKey(keyFile, () => base.dataDisk.usable());
    const { bus, logger, settings, alerts, dataDisk, clockWatch } = base;
    const { clock, folder, place, opened } = foundation;
    this.bus = bus;
    this.logger = logger;
    this.clock = clockWatch;
    this.settings = settings;
    this.devices = recording.devices;
    this.recorders = recording.recorders;
    this.indexer = recording.indexer;
    this.recordings = library.recordings.repository;
    this.alerts = alerts;
    this.dataDisk = dataDisk;
    const alertKeeper = new AlertKeeper({ alerts, clock, bus, logger, facts: () => this.#facts() });
    // Stopped in reverse: the recorder promotes its last segments while the indexer still listens.
    this.#services = [
      dataDisk,
      clockWatch,
      upkeep,
      new SettingsWatch(settings, clock),
      recording.devices,
      recording.indexer,
      recording.retimer,
      recording.coverageKeeper,
      recording.recorders,
      ...retention.services,
      ...library.services,
      ...cloud.services,
      alertKeeper,
      composeMetrics(base, {
        snapshot: this.#snapshotWith(new HostMetrics(folder.root)),
        remotes: cloud.remotes,
        janitor: retention.janitor,
        database: upkeep,
      }),
    ];
    this.router = this.#makeRouter();
    const paths = new Set([socketPath(folder), spareSocketPath(folder)]);
    this.#doors = [...paths].map((path) => new ControlSocket(path, this.router));
    this.#reportPlace(place);
    this.#reportOpening(opened, place);
  }

  /** @param host tells how busy the processor was since it was asked the last time */
  #snapshotWith(host: HostMetrics): () => Promise<StationSnapshot> {
    const { foundation, settings, alerts, dataDisk } = this.#base;
    const { recorders } = this.#recording;
    const { options, clock, folder } = foundation;
    return () =>
      makeSnapshot({
        clock,
        version: options.version,
        dataDir: folder.root,
        shell: options.shell,
        demo: options.demo,
        started: () => this.#started,
        lastConsole: () => this.#lastConsole,
        settings: () => settings.get(),
        clockSynced: () => this.clock.synced(),
        recorders: () => recorders.statuses(),
        services: () => this.#serviceStatuses(),
        dataDisk: () => dataDisk.state(),
        host: () => host.measure(),
        recordings: () => ({
          total: this.recordings.total,
          lastIndexedAtMs: this.#lastIndexedAtMs(),
        }),
        alerts: () => alerts.open(),
      });
  }

  #makeRouter(): StationRouter {
    const { foundation, connection, bus, log, settings, profiles, alerts, dataDisk } = this.#base;
    const { devices, recorders, timetable } = this.#recording;
    const { options, clock, folder, place } = foundation;
    const snapshot = this.#snapshotWith(new HostMetrics(folder.root));
    const live = new LiveStreams({
      known: (name) => devices.list().some((device) => device.name === name),
      port: (device) => recorders.livePort(device),
      sender: liveSender,
      bus,
      clock,
      logger: log.logger('live'),
    });
    return createRouter({
      snapshot,
      statusStream: new StatusStream({ clock, bus, logger: log.logger('monitor'), snapshot }),
      bus,
      confirmClock: (shownMs) => this.clock.confirm(shownMs),
      devices,
      recorders,
      live,
      scheduling: timetable,
      recordings: this.recordings,
      editor: this.#library.recordings.editor,
      purge: this.#library.recordings.purge,
      integrity: this.#library.integrity.source,
      analysis: this.#library.analysis,
      coverage: new CoverageReport({
        connection,
        clock,
        recorders: () => recorders.statuses(),
        station: () => ({
          ...settings.get().system,
          name: settings.get().system.station_name,
        }),
        stationId: () => place.stationId,
        software: `Silvasonic Station Console ${options.version}`,
        clockSynced: () => this.clock.synced(),
        bootId: readBootId,
        hashNow: () => this.indexer.hashNow(),
        unreadable: (recordingId) => this.indexer.isUnreadable(recordingId),
        key: this.#key,
        dataDir: folder.root,
        diskUsable: () => dataDisk.usable(),
      }),
      remotes: this.#cloud.remotes,
      reconciler: this.#cloud.reconciler,
      authoriser: composeAuthorising(this.#base),
      uploads: this.#cloud.uploads,
      custody: this.#cloud.custody,
      janitor: this.#retention.janitor,
      imports: this.#library.imports,
      exporter: this.#library.exporter,
      dialogs: options.dialogs ?? null,
      places: () => mountedPlaces(options.hardwareRoots?.procRoot),
      alerts,
      database: this.#upkeep,
      profiles,
      settings,
      log,
      updater: options.updater,
      vault: this.#base.vault,
    });
  }

  /** Starts every service and opens the door for the command line. */
  async start(): Promise<void> {
    const { clock, folder, options } = this.#base.foundation;
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
    await this.#key.recall();
    void this.#base.vault.tidy();
    if (options.simulate !== undefined) await this.devices.ensureSimulated(options.simulate);
    if (options.demo) await this.#cloud.demonstrate();
    await this.#openDoor(this.#started.wallMs);
  }

  /** The doors for the command line. A disk that knows no sockets closes one; recording does not depend on them. */
  async #openDoor(startedWallMs: number): Promise<void> {
    const { folder, options } = this.#base.foundation;
    const runtime: Runtime = {
      pid: process.pid,
      version: options.version,
      socket: socketPath(folder),
      startedAt: toInstant(startedWallMs),
    };
    const doors = await Promise.allSettled(this.#doors.map((door) => door.listen()));
    // Only then is it written where they are.
    const written = await Promise.allSettled([
      writeFileDurably(folder.runtimeFile, JSON.stringify(runtime)),
    ]);
    const failures = [...doors, ...written].flatMap((one): unknown[] =>
      one.status === 'rejected' ? [one.reason] : [],
    );
    const detail = failures.map(messageOf).join('; ');
    if (failures.length > 0) {
      this.logger.warn('control.door_failed', 'A door for the command line stays closed.', {
        detail,
      });
    }
    if (doors.some(({ status }) => status === 'fulfilled')) {
      this.alerts.clear('control.unreachable');
    } else {
      this.alerts.raise('control.unreachable', 'warning', detail);
    }
  }

  /** That this opening put another database in the place of a lost one, in words; null: it did not. */
  get replaced(): string | null {
    return this.#replaced;
  }

  /** For one question from the command line while no console runs: what is plugged in, what still records. */
  async look(): Promise<void> {
    await this.dataDisk.look();
    await this.devices.start();
    await this.devices.stop();
    await this.recorders.look();
    this.#lastConsole = this.#asFarAsKnown(await this.#recording.coverageKeeper.look());
  }

  /** An older copy of the database does not tell how the console ended that wrote on in the lost one. */
  #asFarAsKnown(last: LastConsole | null): LastConsole | null {
    const { restoration } = this.#base.foundation.opened;
    const isOlder = last !== null && restoration !== null && last.wallMs < restoration.atMs;
    return isOlder ? { ...last, end: 'unknown' } : last;
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

  /** Where a recording's waveform or picture lies, or null when it is not there. */
  assetFile(id: number, kind: AssetKind): { path: string; sizeBytes: number } | null {
    return this.#library.analysis.assetFile(id, kind);
  }

  async #stop(captures: 'end' | 'hand_over'): Promise<void> {
    const { lock, opened } = this.#base.foundation;
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
    await this.#cloud.close();
    await this.#library.close();
    await this.#retention.close();
    await this.#base.log.close();
    // SQLite removes its log by name as it closes, and by that name another disk's log may lie there now.
    if (!this.#base.folderIsThere()) return;
    opened.connection.sqlite.close();
    lock.release();
  }

  async #closeDoor(): Promise<void> {
    try {
      await Promise.all(this.#doors.map((door) => door.close()));
      await rm(this.#base.foundation.folder.runtimeFile, { force: true });
    } catch (error) {
      this.logger.warn('control.close_failed', 'What the command line used could not be removed.', {
        error,
      });
    }
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

  #reportOpening(opened: OpenReport, { stationId, isKnown }: Place): void {
    if (opened.backup !== null) {
      this.logger.info('database.migrated', 'The database was brought to this version.', {
        migrations: opened.migrationsApplied,
        backup: opened.backup,
      });
    }
    this.alerts.clear('database.damaged'); // what is in use now is well
    if (opened.clearedSuspicion !== null) {
      this.logger.warn('database.cleared', 'The database was suspected, and nothing is wrong.', {
        suspicion: opened.clearedSuspicion,
      });
    }
    if (opened.rescue === null) {
      if (opened.isNew && isKnown) this.#reportRebuilding(stationId);
      return;
    }
    const { damage, quarantinedAs, restoredFrom } = opened.rescue;
    const source = restoredFrom === null ? 'nothing: there was no backup' : sourceOf(restoredFrom);
    const remains =
      quarantinedAs === null ? 'Nothing of it is left' : `It lies in ${quarantinedAs}`;
    this.logger.error('database.restored', 'The database was damaged and has been replaced.', {
      damage,
      quarantinedAs,
      restoredFrom,
    });
    const text = `The database was damaged or lost (${damage}). ${remains}; restored from ${source}. What was changed since is lost: tags, texts, protection, the bin, settings and decisions about microphones. Recordings are found again on disk; nothing is deleted until an audit has passed.`;
    this.#replaced = text;
    this.alerts.raise('database.restored', 'warning', text);
  }

  /** Nothing of it is left, so nothing else will ever tell that it was there. */
  #reportRebuilding(stationId: string): void {
    const text = `The database of this station (${stationId}) was missing, and a new one was made. Settings, schedules, microphones, alerts and the log are those of a new station; recordings are found again on disk.`;
    this.logger.error('database.rebuilt', text, { stationId });
    this.#replaced = text;
    this.alerts.raise('database.rebuilt', 'warning', text);
  }
}

/** A copy, and of which moment it is. */
function sourceOf(backup: string): string {
  const atMs = parseBackupName(backup)?.atMs ?? null;
  return atMs === null ? backup : `${backup}, a copy of ${toInstant(atMs)}`;
}
