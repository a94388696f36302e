import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '@main/clock/system-clock';
import { ownDrive } from '@main/cloud/authorising/onedrive-lookup';
import { asSecret } from '@main/cloud/authorising/oauth-token';
import { type AuthorisedType, RcloneAuthorise } from '@main/cloud/authorising/rclone-authorise';
import { openOauthServer } from '../../../support/cloud/oauth-server';
import { FakeClock } from '../../../support/fake-clock';
import { soon } from '../../../support/soon';

const NEVER = new AbortController().signal;
const SECRET = 'client-secret-of-the-test';

function requestOf(type: AuthorisedType, url: string) {
  return {
    type,
    options: {
      client_id: 'client-of-the-test',
      client_secret: SECRET,
      auth_url: `${url}/auth`,
      token_url: `${url}/token`,
    },
  };
}

/** What a browser does with the address. */
function visit(address: string): void {
  void fetch(address).catch(() => undefined);
}

/** Command lines of all processes that can be seen. */
function commandLines(): string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
      } catch {
        return '';
      }
    });
}

const waiting = (): string[] => commandLines().filter((line) => line.includes('rclone authorize'));

// One file, one after the other: rclone always listens at the same port.
describe('the real rclone, let in by a server of Google’s and Microsoft’s kind', () => {
  it.each(['drive', 'onedrive'] as const)('gets a token for %s that lasts', async (type) => {
    const server = await openOauthServer();
    const authorise = new RcloneAuthorise({ rclone: 'rclone', clock: systemClock });
    let seen: string[] = [];
    const token = await authorise.run(
      requestOf(type, server.url),
      (address) => {
        seen = waiting();
        visit(address);
      },
      NEVER,
    );
    expect(token).toMatchObject({ access_token: 'access-1', refresh_token: 'refresh-1' });
    expect(JSON.parse(asSecret(token))).toEqual(token);
    const [login, exchange] = server.asked;
    expect(login?.form.get('client_id')).toBe('client-of-the-test');
    expect(login?.form.get('response_type')).toBe('code');
    expect(exchange?.form.get('code')).toBe('the-code');
    expect(exchange?.form.get('grant_type')).toBe('authorization_code');
    expect(seen).toHaveLength(1);
    expect(seen.join()).not.toContain(SECRET);
    expect(waiting()).toEqual([]);
  });

  it('is told no', async () => {
    const { url } = await openOauthServer({ denies: true });
    const authorise = new RcloneAuthorise({ rclone: 'rclone', clock: systemClock });
    await expect(authorise.run(requestOf('drive', url), visit, NEVER)).rejects.toMatchObject({
      problem: 'refused',
    });
  });

  it('says why a code is not taken', async () => {
    const { url } = await openOauthServer({ refusesCode: true });
    const authorise = new RcloneAuthorise({ rclone: 'rclone', clock: systemClock });
    await expect(authorise.run(requestOf('drive', url), visit, NEVER)).rejects.toMatchObject({
      problem: 'failed',
      message: expect.stringMatching(/cannot fetch token: 400 .*invalid_client/) as string,
    });
  });

  it('waits for one at a time, and leaves nothing when it is stopped', async () => {
    const { url } = await openOauthServer();
    const authorise = new RcloneAuthorise({ rclone: 'rclone', clock: systemClock });
    const stop = new AbortController();
    const addresses: string[] = [];
    const first = authorise.run(requestOf('drive', url), (one) => addresses.push(one), stop.signal);
    const ended = expect(first).rejects.toThrow('aborted');
    await soon(() => expect(addresses).toHaveLength(1));
    expect(addresses[0]).toMatch(/^http:\/\/127\.0\.0\.1:53682\/auth\?state=\S+$/);
    await expect(authorise.run(requestOf('drive', url), visit, NEVER)).rejects.toMatchObject({
      problem: 'busy',
    });
    stop.abort();
    await ended;
    expect(waiting()).toEqual([]);
    const again = await authorise.run(requestOf('drive', url), visit, NEVER);
    expect(again.refresh_token).toBe('refresh-1');
  });

  it('gives up when nobody logs in', async () => {
    const { url } = await openOauthServer();
    const clock = new FakeClock();
    const authorise = new RcloneAuthorise({ rclone: 'rclone', clock });
    const addresses: string[] = [];
    const late = authorise.run(requestOf('drive', url), (one) => addresses.push(one), NEVER);
    const ended = expect(late).rejects.toMatchObject({ problem: 'late' });
    await soon(() => expect(addresses).toHaveLength(1));
    await clock.advance(10 * 60_000);
    await ended;
    expect(waiting()).toEqual([]);
  });

  it('names another program that waits at its port', async () => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(53682, '127.0.0.1', resolve));
    onTestFinished(() => void other.close());
    const { url } = await openOauthServer();
    const authorise = new RcloneAuthorise({ rclone: 'rclone', clock: systemClock });
    await expect(authorise.run(requestOf('drive', url), visit, NEVER)).rejects.toMatchObject({
      problem: 'busy',
    });
  });

  it('says that it is not there', async () => {
    const authorise = new RcloneAuthorise({ rclone: '/proc/nonexistent', clock: systemClock });
    await expect(authorise.run({ type: 'drive', options: {} }, visit, NEVER)).rejects.toMatchObject(
      { problem: 'failed' },
    );
  });
});

describe('the drive that a token of Microsoft opens', () => {
  const token = { access_token: 'access-1', refresh_token: 'refresh-1' };

  it('is asked of Microsoft', async () => {
    const { url } = await openOauthServer();
    expect(await ownDrive(token, NEVER, 'global', url)).toEqual({
      drive_id: 'b!drive',
      drive_type: 'business',
    });
  });

  it('is not told for a token that is over, from a server that is away, or for no region', async () => {
    const { url } = await openOauthServer();
    const old = { ...token, access_token: 'old' };
    await expect(ownDrive(old, NEVER, 'global', url)).rejects.toMatchObject({ problem: 'refused' });
    await expect(ownDrive(token, NEVER, 'global', `${url}/x`)).rejects.toMatchObject({
      problem: 'failed',
    });
    await expect(ownDrive(token, NEVER, 'global', 'http://127.0.0.1:1')).rejects.toMatchObject({
      problem: 'failed',
    });
    await expect(ownDrive(token, NEVER, 'atlantis')).rejects.toMatchObject({ problem: 'failed' });
  });
});
