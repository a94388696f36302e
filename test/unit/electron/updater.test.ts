import { describe, expect, it, vi } from 'vitest';
import type { Logger } from '@main/logging/logger';
import { FeedUpdater, shortReason, type Feed, type FeedReader } from '../../../electron/updater';

const silent: Logger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
  forService: () => silent,
};

function make(newestVersion: FeedReader['newestVersion'], timeoutMs = 1000) {
  const updates: { feed_url: string | null; channel: 'latest' | 'beta' } = {
    feed_url: 'http://feed.example/',
    channel: 'latest',
  };
  const abort = vi.fn(() => Promise.resolve());
  const openReader = vi.fn(() => Promise.resolve({ newestVersion, abort }));
  const updater = new FeedUpdater({
    currentVersion: '1.0.0',
    settings: () => ({
      ...updates,
      automatic: false,
      window_start_hour: null,
      window_end_hour: null,
    }),
    openReader,
    logger: () => silent,
    timeoutMs,
    now: () => Date.UTC(2026, 0, 2),
  });
  return { updater, updates, abort, openReader };
}

describe('the check for updates', () => {
  it('is idle until it is asked for', () => {
    const { updater, openReader } = make(() => Promise.reject(new Error('unused')));
    expect(updater.status()).toEqual({
      currentVersion: '1.0.0',
      state: 'idle',
      availableVersion: null,
      checkedAt: null,
      error: null,
    });
    expect(openReader).not.toHaveBeenCalled();
  });

  it('asks nobody without a feed', async () => {
    const { updater, updates, openReader } = make(() => Promise.reject(new Error('unused')));
    updates.feed_url = null;
    expect((await updater.check()).state).toBe('no_feed');
    expect(openReader).not.toHaveBeenCalled();
  });

  it('says what is available', async () => {
    const asked: Feed[] = [];
    const { updater } = make((feed) => {
      asked.push(feed);
      return Promise.resolve({ version: '1.1.0', newer: true });
    });
    const checking = updater.check();
    expect(updater.status().state).toBe('checking');
    const status = {
      state: 'available',
      availableVersion: '1.1.0',
      checkedAt: '2026-01-02T00:00:00.000Z',
    };
    expect(await checking).toMatchObject(status);
    expect(updater.status()).toMatchObject(status);
    expect(asked).toEqual([{ url: 'http://feed.example/', channel: 'latest' }]);
  });

  it('says that nothing newer is there', async () => {
    const { updater } = make(() => Promise.resolve({ version: '0.9.0', newer: false }));
    expect(await updater.check()).toMatchObject({ state: 'up_to_date', availableVersion: null });
  });

  it('asks once for those who ask at the same time', async () => {
    const newestVersion = vi.fn(() => Promise.resolve({ version: '1.0.0', newer: false }));
    const { updater } = make(newestVersion);
    await Promise.all([updater.check(), updater.check()]);
    expect(newestVersion).toHaveBeenCalledTimes(1);
    await updater.check();
    expect(newestVersion).toHaveBeenCalledTimes(2);
  });

  it('turns every failure into a status', async () => {
    const { updater } = make(() => Promise.reject(new Error('net::ERR_CONNECTION_REFUSED')));
    expect(await updater.check()).toMatchObject({
      state: 'failed',
      error: 'The feed refuses the connection (ERR_CONNECTION_REFUSED).',
      checkedAt: '2026-01-02T00:00:00.000Z',
    });
  });

  it('gives up on a feed that never answers, and can ask again', async () => {
    let silentFeed = true;
    const { updater, abort } = make(
      () =>
        silentFeed
          ? new Promise(() => undefined)
          : Promise.resolve({ version: '2.0.0', newer: true }),
      20,
    );
    expect(await updater.check()).toMatchObject({
      state: 'failed',
      error: 'The feed gave no answer within 0.02 s.',
    });
    expect(abort).toHaveBeenCalledTimes(1);
    silentFeed = false;
    expect((await updater.check()).state).toBe('available');
  });

  it('forgets an answer of another feed or channel', async () => {
    const { updater, updates } = make(() => Promise.resolve({ version: '1.1.0', newer: true }));
    await updater.check();
    updates.channel = 'beta';
    expect(updater.status()).toMatchObject({
      state: 'idle',
      availableVersion: null,
      checkedAt: null,
    });
    updates.channel = 'latest';
    expect(updater.status().state).toBe('available');
  });
});

describe('the reason of a failed check', () => {
  it.each([
    [
      'Cannot find channel "latest-linux.yml" update info: HttpError: 404 Not Found\n "method: GET',
      'The feed has no latest-linux.yml (404).',
    ],
    [
      '503 Service Unavailable\n"method: GET url: http://x"\n\n<html>',
      'The feed answered with HTTP status 503.',
    ],
    [
      'Cannot parse update info from latest-linux.yml in the latest release artifacts (http://x): YAMLException',
      'The answer of the feed is not update information.',
    ],
    ['net::ERR_NAME_NOT_RESOLVED\n    at SimpleURLLoader', 'net::ERR_NAME_NOT_RESOLVED'],
    ['<html><body><h1>Log in</h1></body></html>', 'Log in'],
    ['', 'The feed could not be read.'],
  ])('%j is short', (message, expected) => {
    expect(shortReason(new Error(message))).toBe(expected);
  });

  it('never fills the screen', () => {
    expect(shortReason('x'.repeat(5000))).toHaveLength(200);
  });
});
