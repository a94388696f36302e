import type { Backup, DatabaseStatus } from '@shared/model/database';
import { os } from './implementer';

export interface DatabaseSource {
  describe(): Promise<DatabaseStatus>;
  /** @throws NotAvailableError when there is no room, or nothing sound to copy */
  backUp(): Promise<Backup>;
}

export function databaseApi(database: DatabaseSource) {
  return {
    status: os.database.status.handler(() => database.describe()),
    backUp: os.database.backUp.handler(() => database.backUp()),
  };
}
