import type { DeviceRegistry } from '../devices/registry';
import type { Exporter } from '../exporting/exporter';
import type { ImportService } from '../importing/import-service';
import type { StationLog } from '../logging/station-log';
import type { ProfileStore } from '../profiles/profile-store';
import type { RecorderSupervisor } from '../recorder/supervisor';
import type { SettingsStore } from '../settings/settings-store';
import type { Updater } from '../updates/updater';
import type { CredentialVault } from '../vault/credential-vault';
import type { Alerts } from '../monitor/alerts';
import type { Analysis } from '../analysis/analysis';
import type { Authoriser } from '../cloud/authorising/authoriser';
import { alertsApi } from './alerts-api';
import { analysisApi } from './analysis-api';
import { authorisationApi } from './authorisation-api';
import { coverageApi, type CoverageSource } from './coverage-api';
import { custodyApi, type CustodySource } from './custody-api';
import { databaseApi, type DatabaseSource } from './database-api';
import { devicesApi } from './devices-api';
import { dialogsApi, type DialogSource } from './dialogs-api';
import { exportsApi } from './exports-api';
import { isUnforeseen } from './handled-errors';
import { os } from './implementer';
import { importsApi } from './imports-api';
import { integrityApi, type IntegritySource } from './integrity-api';
import { janitorApi, type JanitorSource } from './janitor-api';
import { logsApi } from './logs-api';
import { profilesApi } from './profiles-api';
import { type LiveSource, recordersApi, type SchedulingSource } from './recorders-api';
import { recordingsApi, type RecordingsApiParts } from './recordings-api';
import { type ReconciliationSource, remotesApi, type RemotesSource } from './remotes-api';
import { settingsApi } from './settings-api';
import { stationApi, type StationApiParts } from './station-api';
import { updatesApi } from './updates-api';
import { uploadsApi, type UploadsSource } from './uploads-api';
import { vaultApi } from './vault-api';

export interface RouterParts extends StationApiParts, DialogSource, RecordingsApiParts {
  readonly devices: DeviceRegistry;
  readonly recorders: RecorderSupervisor;
  readonly live: LiveSource;
  readonly scheduling: SchedulingSource;
  readonly integrity: IntegritySource;
  readonly analysis: Analysis;
  readonly exporter: Exporter;
  readonly imports: ImportService;
  readonly coverage: CoverageSource;
  readonly remotes: RemotesSource;
  readonly reconciler: ReconciliationSource;
  readonly authoriser: Authoriser;
  readonly uploads: UploadsSource;
  readonly custody: CustodySource;
  readonly janitor: JanitorSource;
  readonly alerts: Alerts;
  readonly database: DatabaseSource;
  readonly profiles: ProfileStore;
  readonly settings: SettingsStore;
  readonly log: StationLog;
  readonly updater: Updater;
  readonly vault: CredentialVault;
}

/** The whole contract with its handlers; a missing one does not compile. */
export function createRouter(parts: RouterParts) {
  const logger = parts.log.logger('api');
  // The asker is told nothing of what went wrong inside; whoever reads the log is.
  const logged = os.use(async ({ next, path }) => {
    try {
      return await next();
    } catch (error) {
      if (isUnforeseen(error)) {
        const procedure = path.join('.');
        logger.error('request.failed', 'A request failed for a reason that was not foreseen.', {
          procedure,
          error,
        });
      }
      throw error;
    }
  });
  return logged.router({
    station: stationApi(parts),
    devices: devicesApi(parts.devices, parts.recorders),
    recorders: recordersApi(parts),
    recordings: recordingsApi(parts),
    imports: importsApi(parts.imports),
    exports: exportsApi(parts.exporter),
    dialogs: dialogsApi(parts),
    integrity: integrityApi(parts.integrity),
    analysis: analysisApi(parts.analysis),
    coverage: coverageApi(parts.coverage),
    remotes: remotesApi(parts.remotes, parts.reconciler),
    authorisation: authorisationApi(parts.authoriser),
    uploads: uploadsApi(parts.uploads),
    custody: custodyApi(parts.custody),
    janitor: janitorApi(parts.janitor),
    alerts: alertsApi(parts.alerts),
    database: databaseApi(parts.database),
    profiles: profilesApi(parts.profiles),
    settings: settingsApi(parts.settings),
    logs: logsApi(parts.log),
    updates: updatesApi(parts.updater),
    vault: vaultApi(parts.vault),
  });
}

export type StationRouter = ReturnType<typeof createRouter>;
