import { cpus, loadavg } from 'node:os';
import type { Profile } from '@shared/model/profile';
import type { Settings } from '@shared/model/settings';
import type { Clock } from '../clock/clock';
import { readUptimeMs } from '../clock/clock-look';
import { ClockSync } from '../clock/clock-sync';
import { ClockWatch } from '../clock/clock-watch';
import { systemClock } from '../clock/system-clock';
import { DataDiskWatch } from '../data-disk/data-disk-watch';
import type { DataFolder } from '../data-folder';
import type { Connection } from '../database/connection';
import type { OpenReport } from '../database/open';
import { createEventBus, type EventBus } from '../events/bus';
import type { FolderLock } from '../folder-lock';
import type { Logger } from '../logging/logger';
import { StationLog } from '../logging/station-log';
import { Alerts } from '../monitor/alerts';
import { keepSettingAlerts } from '../monitor/setting-alerts';
import { readBootId } from '../process/identity';
import { ProfileStore } from '../profiles/profile-store';
import { SettingsStore } from '../settings/settings-store';
import type { StationOptions } from '../station-options';
import type { CredentialVault } from '../vault/credential-vault';
import { openVault } from '../vault/open-vault';
import { RemoteSecrets } from '../vault/remote-secrets';
import { SecretScrubber } from '../vault/secret-scrubber';
import { usualKeyFile } from '../vault/vault-key';

/** Which station lies in the data folder, and what its opening had to say of that. */
export interface Place {
  readonly stationId: string;
  /** The station that was there the last time, where it was another. */
  readonly insteadOf: string | null;
  /** It was here before, by its marker or by what is remembered of this folder. */
  readonly isKnown: boolean;
  readonly problems: readonly string[];
}

/** What a station is built on, opened and checked. */
export interface Foundation {
  readonly options: StationOptions;
  readonly clock: Clock;
  readonly folder: DataFolder;
  readonly place: Place;
  readonly lock: FolderLock;
  readonly opened: OpenReport;
  readonly defaults: Settings;
  readonly seeds: readonly Profile[];
}

/** What every part of a station stands on. */
export interface Base {
  readonly foundation: Foundation;
  readonly connection: Connection;
  readonly bus: EventBus;
  readonly log: StationLog;
  /** Of the station as a whole. */
  readonly logger: Logger;
  readonly clockWatch: ClockWatch;
  readonly settings: SettingsStore;
  readonly profiles: ProfileStore;
  readonly profileList: () => readonly Profile[];
  readonly alerts: Alerts;
  readonly dataDisk: DataDiskWatch;
  readonly vault: CredentialVault;
  readonly secrets: RemoteSecrets;
  /** Knows every secret that the station holds; what others say goes through it. */
  readonly scrubber: SecretScrubber;
  /** Programs that want to run, per core, over the last minute. */
  readonly loadPerCore: () => number;
  /** False once the disk was found to be gone: nothing may be made in its mount point. */
  readonly folderIsThere: () => boolean;
}

export function composeBase(foundation: Foundation): Base {
  const { options, clock, folder, place, opened, defaults, seeds } = foundation;
  const { connection } = opened;
  const bus = createEventBus();
  let mayLog = (): boolean => true; // until the disk is watched
  const scrubber = new SecretScrubber();
  const log = new StationLog({
    logDir: folder.logDir,
    clock,
    mayWrite: () => mayLog(),
    scrub: (text) => scrubber.scrub(text),
  });
  const logger = log.logger('station');
  const clockWatch = new ClockWatch({
    connection,
    clock,
    bus,
    logger: log.logger('clock'),
    sync: new ClockSync({
      clock,
      ...(options.runRoot === undefined ? {} : { runRoot: options.runRoot }),
    }),
    bootId: readBootId,
    // Another clock than the machine's own has no suspended time to be compared with, unless it brings one.
    uptimeMs: options.uptimeMs ?? (clock === systemClock ? readUptimeMs : () => null),
  });
  const settings = new SettingsStore({ connection, clock, bus, logger, defaults });
  settings.seed();
  const profiles = new ProfileStore({ connection, clock, bus, logger });
  profiles.seed(seeds);
  const profileList = cachedUntilChanged(bus, () => profiles.profiles());
  const alerts = new Alerts({ connection, clock, bus });
  keepSettingAlerts(alerts, () => settings.problems(), bus);
  const dataDisk = new DataDiskWatch({
    root: folder.root,
    stationId: place.stationId,
    databaseFile: folder.databaseFile,
    clock,
    bus,
    logger,
  });
  const folderIsThere = (): boolean => dataDisk.state().state !== 'missing';
  mayLog = folderIsThere;
  const vault = openVault({
    clock,
    stationId: place.stationId,
    file: folder.vaultFile,
    key: {
      environment: options.secretEnvironment?.encryptionKey ?? null,
      // A demo leaves nothing outside its folder.
      keyFile: options.demo
        ? `${folder.vaultFile}.key`
        : usualKeyFile(process.env, place.stationId),
    },
    usable: folderIsThere,
  });
  return {
    foundation,
    connection,
    bus,
    log,
    logger,
    clockWatch,
    settings,
    profiles,
    profileList,
    alerts,
    dataDisk,
    vault,
    secrets: new RemoteSecrets(vault, scrubber, (problem) => {
      if (problem === null) alerts.clear('vault.unavailable');
      else alerts.raise('vault.unavailable', 'warning', problem);
    }),
    scrubber,
    loadPerCore: options.loadPerCore ?? (() => (loadavg()[0] ?? 0) / Math.max(1, cpus().length)),
    folderIsThere,
  };
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
