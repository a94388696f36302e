import { expect, it, onTestFinished } from 'vitest';
import { JobQueue } from '@main/analysis/job-queue';
import { Lane } from '@main/analysis/lane';
import { type AnalysisWorker, NOTHING_TO_WRITE } from '@main/analysis/worker';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { insertRecordings } from '../../support/sample-library';
import { insertDevice } from '../../support/sample-rows';
import { soon } from '../../support/soon';
import { stationDatabase } from '../../support/station-database';

it('what is taken out of a full bin is worked on, also behind hundreds that stay there', async () => {
  const connection = stationDatabase();
  const { sqlite } = connection;
  insertDevice(connection, 'mic');
  const ids = insertRecordings(connection, 1200, { device: 'mic', deletedAtMs: 1 });
  const clock = new FakeClock();
  const analysed: number[] = [];
  const worker: AnalysisWorker = {
    name: 'peaks',
    version: () => '1',
    enabled: () => true,
    oldestMs: () => null,
    analyse: ({ id }) => {
      analysed.push(id);
      return Promise.resolve({ state: 'done', detail: '', write: NOTHING_TO_WRITE });
    },
  };
  const lane = new Lane({
    workers: [worker],
    queue: new JobQueue({ connection, dataRoot: '/data', me: 'me' }),
    clock,
    logger: recordingLogger(),
    permission: () => ({ may: 'everything', why: '' }),
    onEnded: () => undefined,
    onFailing: () => undefined,
  });
  onTestFinished(() => lane.stop());
  const inBin = sqlite
    .prepare<[], number>('select count(*) from analysis_jobs where priority = -2')
    .pluck();
  lane.start();
  await soon(async () => {
    await clock.advance(25);
    expect(inBin.get()).toBe(1200);
  });
  const last = ids.at(-1);
  sqlite.prepare('update recordings set deleted_at_ms = null where id = ?').run(last);
  await soon(async () => {
    await clock.advance(5_000);
    expect(analysed).toEqual([last]);
  });
  expect(inBin.get()).toBe(1199);
});
