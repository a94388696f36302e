import { expect, it } from 'vitest';
import { VerifiedRows } from '@main/integrity/verified-rows';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

it('what is damaged is counted by kind; what is gone, in the bin or well is not', () => {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  const insert = (columns: object): void => {
    insertRecording(connection, { device: 'mic', ...columns });
  };
  for (const integrity of ['corrupt', 'missing', 'unreadable', 'corrupt', 'ok', null]) {
    insert({ integrity });
  }
  insert({ integrity: 'missing', localDeleted: true });
  insert({ integrity: 'corrupt', deletedAtMs: 5 });
  expect(new VerifiedRows(connection).damage()).toEqual({ corrupt: 2, missing: 1, unreadable: 1 });
});
