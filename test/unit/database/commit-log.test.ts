import { rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, vi } from 'vitest';
import { CommitLog } from '@main/database/commit-log';
import { temporaryFolder } from '../../support/temporary-folder';

const MB = 1024 * 1024;

/** A log of some length, and what was asked for to shorten it. */
function logOf(shorten: (setLength: (bytes: number) => void) => Promise<void>) {
  const file = join(temporaryFolder(), 'station.db');
  const setLength = (bytes: number): void => {
    truncateSync(`${file}-wal`, bytes); // a hole: nothing is written
  };
  writeFileSync(`${file}-wal`, '');
  const asked = vi.fn(() => shorten(setLength));
  return { file, log: new CommitLog(file, asked), asked, setLength };
}

it('forces a log that is there, and has nothing to do where none is', async () => {
  const { file, log } = logOf(() => Promise.resolve());
  await log.force();
  rmSync(`${file}-wal`);
  await expect(log.force()).resolves.toBeUndefined();
});

it('has the log shortened when it has become long, and only then', async () => {
  const { log, asked, setLength } = logOf((set) => {
    set(0);
    return Promise.resolve();
  });
  setLength(15 * MB);
  await log.force();
  await log.keepShort();
  expect(asked).not.toHaveBeenCalled();
  setLength(16 * MB);
  await log.force();
  await log.keepShort();
  await log.keepShort();
  expect(asked).toHaveBeenCalledTimes(1);
  setLength(16 * MB);
  await log.force();
  await log.keepShort();
  expect(asked).toHaveBeenCalledTimes(2);
});

it.each([
  ['does not get shorter since somebody reads from it', () => Promise.resolve()],
  ['cannot be shortened', () => Promise.reject(new Error('database is locked'))],
])('is not asked again at once of a log that %s', async (_, shorten) => {
  const { log, asked, setLength } = logOf(shorten);
  for (const [megabytes, times] of [
    [16, 1],
    [24, 1],
    [32, 2],
  ] as const) {
    setLength(megabytes * MB);
    await log.force();
    await log.keepShort();
    expect(asked).toHaveBeenCalledTimes(times);
  }
});

it('forces what was committed while whoever commits goes on, and all of it in the end', async () => {
  const { log } = logOf(() => Promise.resolve());
  const force = vi.spyOn(log, 'force');
  await log.follow();
  expect(force).not.toHaveBeenCalled();
  let done = (): void => undefined;
  force.mockImplementationOnce(() => new Promise((resolve) => (done = resolve)));
  for (let n = 0; n < 10; n += 1) {
    log.noteCommit();
    await log.follow();
  }
  expect(force).toHaveBeenCalledTimes(1);
  log.noteCommit();
  const waiting = log.follow();
  done();
  await waiting;
  expect(force).toHaveBeenCalledTimes(2);
  log.noteCommit();
  await log.settle();
  expect(force).toHaveBeenCalledTimes(3);
  await log.settle();
  expect(force).toHaveBeenCalledTimes(3);
});

it('tells of a disk that could not be forced, once', async () => {
  const { log } = logOf(() => Promise.resolve());
  vi.spyOn(log, 'force').mockRejectedValueOnce(new Error('EIO'));
  log.noteCommit();
  await log.follow();
  await expect(log.settle()).rejects.toThrow('EIO');
  await expect(log.settle()).resolves.toBeUndefined();
});
