import { readBootId } from '../process/identity';
import { PriorityReader } from '../process/priority';
import { CoverageKeeper } from '../coverage/coverage-keeper';
import { JobThread } from '../database/job-thread';
import { AlsaScanner } from '../devices/alsa-scan';
import { explainOpenFailure } from '../devices/device-access';
import { DeviceRegistry } from '../devices/registry';
import { watchUsb } from '../devices/usb-hotplug';
import { Indexer } from '../indexer/indexer';
import { WorkspaceOwners } from '../indexer/workspace-owners';
import { LivePorts } from '../live/live-ports';
import { LedgerReader } from '../recorder/ledger-reader';
import { RetimableRuns } from '../recorder/retimable-runs';
import { RecorderSupervisor } from '../recorder/supervisor';
import { witnessOf } from '../recorder/workspace-witness';
import { Retimer } from '../retiming/retimer';
import { Timetable } from '../schedule/timetable';
import { restampGuano } from '../wav/guano';
import { segmentGuano } from '../wav/segment-guano';
import type { Base } from './base';

/** The way of the sound, from the microphone to the row. */
export interface Recording {
  readonly devices: DeviceRegistry;
  readonly timetable: Timetable;
  readonly recorders: RecorderSupervisor;
  readonly indexer: Indexer;
  readonly retimer: Retimer;
  readonly coverageKeeper: CoverageKeeper;
}

export function composeRecording(base: Base): Recording {
  const { foundation, connection, bus, log, logger, clockWatch, settings, profileList, dataDisk } =
    base;
  const { options, clock, folder, place } = foundation;
  /** The station as its recordings tell of it. */
  const asMetadata = () => {
    const { station_name: name, latitude, longitude, timezone } = settings.get().system;
    return {
      id: place.stationId,
      name,
      latitude,
      longitude,
      timezone,
      version: options.version,
    };
  };
  const scanner = new AlsaScanner(options.hardwareRoots);
  const devices = new DeviceRegistry({
    connection,
    clock,
    bus,
    logger,
    scan: (deep) => scanner.scan(deep),
    profiles: profileList,
    settings: () => settings.get(),
    hotplug: (onChange) =>
      watchUsb(
        {
          logger,
          ...(options.hardwareRoots === undefined
            ? {}
            : { sysRoot: options.hardwareRoots.sysRoot }),
        },
        onChange,
      ),
  });
  const timetable = new Timetable({
    place: () => settings.get().system,
    clockTrusted: () => clockWatch.trusted(),
  });
  const priorities = new PriorityReader();
  const livePorts = new LivePorts(
    () => new Set(devices.list().flatMap(({ name }) => recorders.livePort(name)?.port ?? [])),
  );
  const recorders: RecorderSupervisor = new RecorderSupervisor({
    clock,
    bus,
    logger: log.logger('recorder'),
    ffmpeg: options.ffmpeg ?? process.env['SILVASONIC_FFMPEG'] ?? 'ffmpeg',
    recorderDir: folder.recorderDir,
    clockSynced: () => clockWatch.synced(),
    devices: () => devices.list().filter(({ kind }) => kind !== 'imported'),
    profile: (slug) => profileList().find((profile) => profile.slug === slug) ?? null,
    maxRecorders: () => settings.get().system.max_recorders,
    schedule: (device) => timetable.stateOf(device, clock.wallMs()),
    dataDisk,
    explain: (device, code) =>
      explainOpenFailure(
        device,
        code,
        options.hardwareRoots === undefined ? {} : { procRoot: options.hardwareRoots.procRoot },
      ),
    signalOf: (device, runId) => indexer.signalOf(device, runId),
    priorityOf: (pid) => priorities.read(pid),
    livePort: () => livePorts.freeUdpPort(),
    describe: (device, segment) =>
      segmentGuano({
        device: { make: null, model: null, serial: null, ...device },
        station: asMetadata(),
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
    logger: log.logger('indexer'),
    witness: (workspace) => witnessOf(folder.recorderDir, workspace, ledger),
  });
  const logThread = new JobThread(options.databaseWorkerUrl, 'brisk');
  const indexer: Indexer = new Indexer({
    connection,
    clock,
    bus,
    logger: log.logger('indexer'),
    dataRoot: folder.root,
    recorderDir: folder.recorderDir,
    sha256WorkerUrl: options.sha256WorkerUrl,
    headWorkerUrl: options.headWorkerUrl,
    pollIntervalS: () => settings.get().processor.indexer_poll_interval,
    shortenLog: () => logThread.run('checkpoint', { file: connection.sqlite.name }),
    ownerOf: (workspace) => owners.ownerOf(workspace),
    segmentFacts: (workspace, runId, sequence) => ledger.segment(workspace, runId, sequence),
  });
  const runs = new RetimableRuns(folder.recorderDir);
  const retimer = new Retimer({
    connection,
    clock,
    bus,
    logger: log.logger('retimer'),
    dataRoot: folder.root,
    archive: {
      list: () => runs.list(),
      read: (key) => runs.read(key),
      segment: (key, sequence) => runs.segment(key, sequence),
      ledgerParts: (key) => runs.ledgerParts(key),
      remember: (key, segment) => runs.remember(key, segment),
      shift: (runId, deltaMs) => recorders.shiftRun(runId, deltaMs),
    },
    bootId: readBootId,
    correctionOf: (anchor) => clockWatch.correctionOf(anchor),
    restamp: (path, startMs) => restampGuano(path, startMs, settings.get().system.timezone),
    whileNotIndexing: (work) => indexer.whileNotIndexing(work),
    diskUsable: () => dataDisk.usable(),
  });
  const coverageKeeper = new CoverageKeeper({
    connection,
    clock,
    bus,
    logger: log.logger('coverage'),
    bootId: readBootId,
    clockTrusted: () => clockWatch.trusted(),
    isCapturing: (device) => recorders.isCapturing(device),
  });
  return { devices, timetable, recorders, indexer, retimer, coverageKeeper };
}
