import type { ContractRouterClient } from '@orpc/contract';
import { alertsContract } from './alerts';
import { analysisContract } from './analysis';
import { authorisationContract } from './authorisation';
import { coverageContract } from './coverage';
import { custodyContract } from './custody';
import { databaseContract } from './database';
import { devicesContract } from './devices';
import { dialogsContract } from './dialogs';
import { exportsContract } from './exports';
import { importsContract } from './imports';
import { integrityContract } from './integrity';
import { janitorContract } from './janitor';
import { logsContract } from './logs';
import { profilesContract } from './profiles';
import { recordersContract } from './recorders';
import { recordingsContract } from './recordings';
import { remotesContract } from './remotes';
import { settingsContract } from './settings';
import { stationContract } from './station';
import { updatesContract } from './updates';
import { uploadsContract } from './uploads';
import { vaultContract } from './vault';

/** The whole language between the station and whoever uses it: the page, and the command line. */
export const contract = {
  station: stationContract,
  devices: devicesContract,
  recorders: recordersContract,
  recordings: recordingsContract,
  imports: importsContract,
  exports: exportsContract,
  dialogs: dialogsContract,
  integrity: integrityContract,
  analysis: analysisContract,
  coverage: coverageContract,
  remotes: remotesContract,
  authorisation: authorisationContract,
  uploads: uploadsContract,
  custody: custodyContract,
  janitor: janitorContract,
  alerts: alertsContract,
  database: databaseContract,
  profiles: profilesContract,
  settings: settingsContract,
  logs: logsContract,
  updates: updatesContract,
  vault: vaultContract,
};

export type StationClient = ContractRouterClient<typeof contract>;
