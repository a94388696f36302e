import type { ContractRouterClient } from '@orpc/contract';
import { alertsContract } from './alerts';
import { coverageContract } from './coverage';
import { devicesContract } from './devices';
import { logsContract } from './logs';
import { profilesContract } from './profiles';
import { recordersContract } from './recorders';
import { recordingsContract } from './recordings';
import { settingsContract } from './settings';
import { stationContract } from './station';
import { updatesContract } from './updates';
import { vaultContract } from './vault';

/** The whole language between the station and whoever uses it: the page, and the command line. */
export const contract = {
  station: stationContract,
  devices: devicesContract,
  recorders: recordersContract,
  recordings: recordingsContract,
  coverage: coverageContract,
  alerts: alertsContract,
  profiles: profilesContract,
  settings: settingsContract,
  logs: logsContract,
  updates: updatesContract,
  vault: vaultContract,
};

export type StationClient = ContractRouterClient<typeof contract>;
