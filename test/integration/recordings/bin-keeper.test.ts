import { describe, expect, it, onTestFinished } from 'vitest';
import { createEventBus } from '@main/events/bus';
import { InvalidValueError } from '@main/request-error';
import { BinKeeper, type BinKeeperOptions } from '@main/recordings/bin-keeper';
import type { PurgeRequest } from '@main/recordings/purge';
import { FakeClock } from '../../support/fake-clock';
import { recordingLogger } from '../../support/recording-logger';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

const DAY_MS = 86_400_000;
const FIRST_MS = 10 * 60_000;

function keeperOf(options: Partial<BinKeeperOptions> = {}) {
  const connection = stationDatabase();
  insertDevice(connection, 'mic');
  const clock = new FakeClock();
  const bus = createEventBus();
  const asked: (PurgeRequest & { actor: string })[] = [];
  const keeper = new BinKeeper({
    connection,
    clock,
    bus,
    logger: recordingLogger(),
    days: () => 30,
    hold: () => null,
    purge: (request, actor) => {
      asked.push({ ...request, actor });
      return Promise.resolve({ recordings: Number(request.confirm), bytes: 0, failed: 0 });
    },
    ...options,
  });
  onTestFinished(() => keeper.stop());
  const discarded = (daysAgo: number | null, more: object = {}): number =>
    insertRecording(connection, {
      device: 'mic',
      deletedAtMs: daysAgo === null ? null : clock.wallMs() - daysAgo * DAY_MS,
      ...more,
    });
  return { keeper, clock, bus, asked, discarded };
}

const idsOf = ({ selection }: PurgeRequest): readonly number[] =>
  'ids' in selection ? selection.ids : [];

describe('the bin', () => {
  it('is emptied by the station of what has been in it for longer, and never of what is protected', async () => {
    const { keeper, clock, asked, discarded } = keeperOf();
    const old = discarded(31);
    discarded(31, { protected: true });
    discarded(29);
    discarded(null);
    await keeper.start();
    await clock.advance(FIRST_MS);
    expect(asked.map(idsOf)).toEqual([[old]]);
    expect(asked[0]).toMatchObject({ actor: 'station', confirm: '1' });
    expect(asked[0]?.reason).toContain('30 days');
    expect(keeper.status()).toMatchObject({ state: 'ok', counters: { removed: 1 } });
  });

  it('is looked through to its end, however much lies in it', async () => {
    const { keeper, clock, asked, discarded } = keeperOf();
    for (let n = 0; n < 500; n += 1) discarded(1, { timeMs: n });
    const old = discarded(31, { timeMs: 500 });
    await keeper.start();
    await clock.advance(FIRST_MS);
    await expect.poll(() => asked.map(idsOf)).toEqual([[old]]);
  });

  it.each([
    ['nobody has said for how long', { days: () => null }],
    ['the clock may be wrong', { hold: () => 'It is not known whether the clock is right.' }],
  ])('keeps all while %s', async (_, options) => {
    const { keeper, clock, asked, discarded } = keeperOf(options);
    discarded(400);
    await keeper.start();
    await clock.advance(FIRST_MS + DAY_MS);
    expect(asked).toEqual([]);
  });

  it('is looked at again when that is set, and each hour', async () => {
    let days: number | null = null;
    const { keeper, clock, bus, asked, discarded } = keeperOf({ days: () => days });
    discarded(31);
    await keeper.start();
    await clock.advance(FIRST_MS);
    days = 30;
    bus.emit('settings.changed', { keys: ['library.bin_days'] });
    await clock.advance(0);
    expect(asked).toHaveLength(1);
    await clock.advance(3_600_000);
    expect(asked).toHaveLength(2);
  });

  it('outlives that it cannot be emptied, and that somebody takes something back meanwhile', async () => {
    const errors = [new Error('EIO'), new InvalidValueError('confirm', 'expected 0')];
    const { keeper, clock, discarded } = keeperOf({
      purge: () => Promise.reject(errors.shift() ?? new Error('asked too often')),
    });
    discarded(31);
    await keeper.start();
    await clock.advance(FIRST_MS);
    expect(keeper.status()).toMatchObject({ state: 'degraded', details: 'EIO' });
    await clock.advance(3_600_000);
    expect(keeper.status().state).toBe('ok');
  });
});
