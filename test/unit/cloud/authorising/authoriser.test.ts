import { describe, expect, it } from 'vitest';
import type { AuthorisationStep } from '@shared/model/authorisation';
import { AuthorisationError } from '@main/cloud/authorising/authorisation-error';
import { Authoriser, type AuthoriserOptions } from '@main/cloud/authorising/authoriser';
import { SecretScrubber } from '@main/vault/secret-scrubber';

const TOKEN = { access_token: 'access-1', refresh_token: 'refresh-1' };
const DRIVE = { type: 'drive', region: 'global' } as const;
const NEVER = new AbortController().signal;
const ADDRESS = 'http://127.0.0.1:53682/auth?state=x';

function open(changes: Partial<AuthoriserOptions> = {}) {
  const opened: string[] = [];
  const scrubber = new SecretScrubber();
  const authoriser = new Authoriser({
    run: (_request, onAddress) => {
      onAddress(ADDRESS);
      return new Promise((resolve) => setImmediate(() => resolve(TOKEN)));
    },
    ownDrive: () => Promise.resolve({ drive_id: 'd', drive_type: 'personal' }),
    openAddress: (address) => {
      opened.push(address);
      return Promise.resolve();
    },
    isKiosk: () => false,
    scrubber,
    ...changes,
  });
  return { authoriser, opened, scrubber };
}

async function all(steps: AsyncIterable<AuthorisationStep>): Promise<AuthorisationStep[]> {
  const seen: AuthorisationStep[] = [];
  for await (const step of steps) seen.push(step);
  return seen;
}

describe('letting the station in', () => {
  it('opens the address for whoever sits before it, and gives the token', async () => {
    const { authoriser, opened, scrubber } = open();
    expect(await all(authoriser.begin(DRIVE, true, NEVER))).toEqual([
      { step: 'visit', address: ADDRESS, opened: true },
      { step: 'done', token: JSON.stringify(TOKEN), options: {} },
    ]);
    expect(opened).toEqual([ADDRESS]);
    expect(scrubber.scrub('a refresh-1 b')).toBe('a [hidden] b');
  });

  it('only tells the address to whoever sits elsewhere, or where no browser opens', async () => {
    const elsewhere = open();
    const [first] = await all(elsewhere.authoriser.begin(DRIVE, false, NEVER));
    expect(first).toEqual({ step: 'visit', address: ADDRESS, opened: false });
    expect(elsewhere.opened).toEqual([]);
    const broken = open({ openAddress: () => Promise.reject(new Error('no browser')) });
    const [second] = await all(broken.authoriser.begin(DRIVE, true, NEVER));
    expect(second).toMatchObject({ opened: false });
  });

  it('asks Microsoft which drive it is', async () => {
    const { authoriser } = open();
    const onedrive = { type: 'onedrive', region: 'de' } as const;
    expect((await all(authoriser.begin(onedrive, true, NEVER))).at(-1)).toMatchObject({
      step: 'done',
      options: { drive_id: 'd', drive_type: 'personal', region: 'de' },
    });
  });

  it('hands an application of one’s own on, and sees nothing but its own files by default', async () => {
    const requests: unknown[] = [];
    const { authoriser } = open({
      run: (request) => {
        requests.push(request);
        return Promise.resolve(TOKEN);
      },
    });
    const own = { ...DRIVE, clientId: 'me', clientSecret: 'mine' };
    await all(authoriser.begin(own, true, NEVER));
    expect(requests).toEqual([
      {
        type: 'drive',
        options: { client_id: 'me', client_secret: 'mine', scope: 'drive.file' },
      },
    ]);
  });

  it('says why it failed, without the secret that was given', async () => {
    const { authoriser } = open({
      run: () => Promise.reject(new AuthorisationError('failed', 'bad secret mine-1234')),
    });
    const own = { ...DRIVE, clientSecret: 'mine-1234' };
    expect(await all(authoriser.begin(own, true, NEVER))).toEqual([
      { step: 'failed', problem: 'failed', detail: 'bad secret [hidden]' },
    ]);
  });

  it('ends when who asked leaves, or the station stops', async () => {
    const told: AbortSignal[] = [];
    const { authoriser } = open({
      run: (_request, onAddress, signal) => {
        told.push(signal);
        onAddress(ADDRESS);
        return new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(new Error('aborted')));
        });
      },
    });
    for await (const step of authoriser.begin(DRIVE, true, NEVER)) {
      expect(step.step).toBe('visit');
      break;
    }
    const stop = new AbortController();
    const steps = authoriser.begin(DRIVE, true, stop.signal);
    await steps.next();
    stop.abort();
    expect(await steps.next()).toEqual({ done: true, value: undefined });
    expect(told.map(({ aborted }) => aborted)).toEqual([true, true]);
  });

  it('is refused before a kiosk, which has no browser, and not from a command line', () => {
    const { authoriser } = open({ isKiosk: () => true });
    expect(() => authoriser.begin(DRIVE, true, NEVER)).toThrow('A kiosk has no browser.');
    expect(() => authoriser.begin(DRIVE, false, NEVER)).not.toThrow();
  });
});

describe('a token made elsewhere', () => {
  it('is taken, also by a kiosk', async () => {
    const { authoriser, scrubber } = open({ isKiosk: () => true });
    const pasted = `Paste the following --->\n${JSON.stringify(TOKEN)}\n<---End paste`;
    expect(await authoriser.read({ ...DRIVE, pasted }, NEVER)).toEqual({
      token: JSON.stringify(TOKEN),
      options: {},
    });
    expect(scrubber.scrub('refresh-1')).toBe('[hidden]');
  });

  it('that is none, or that nobody takes, is an invalid value', async () => {
    const { authoriser } = open({
      ownDrive: () => Promise.reject(new AuthorisationError('refused', 'not access-1')),
    });
    const invalid = { code: 'INVALID_VALUE' };
    await expect(authoriser.read({ ...DRIVE, pasted: 'x' }, NEVER)).rejects.toMatchObject(invalid);
    const onedrive = { type: 'onedrive', region: 'global', pasted: JSON.stringify(TOKEN) } as const;
    await expect(authoriser.read(onedrive, NEVER)).rejects.toMatchObject({
      ...invalid,
      message: 'pasted: not [hidden]',
    });
  });
});
