import type { Remote } from '@shared/model/remote';
import { remoteDraftSchema, remoteSecretsSchema, remoteTypeSchema } from '@shared/model/remote';
import { REMOTE_OPTIONS } from '@shared/model/remote-options';
import { describe, expect, test } from 'vitest';
import { cloudVerdict } from '../../../renderer/app/cloud-verdict';
import {
  draftOf,
  fieldOf,
  missingIn,
  NEW_REMOTE,
  typedOf,
  withAuthorisation,
  type TypedRemote,
} from '../../../renderer/features/cloud/remote-draft';
import { placeOf } from '../../../renderer/features/cloud/remote-fields';
import { ALL_UPLOADS, toUploadFilter } from '../../../renderer/features/cloud/upload-filter';
import { custodyAtAGlance } from '../../../renderer/features/recordings/custody-look';
import { fillLevel } from '../../../renderer/features/storage/janitor-look';

const AT = '2026-05-01T12:00:00.000Z';
const LATER = '2026-05-02T12:00:00.000Z';

describe('the cloud in one word', () => {
  const remote = (
    state: Remote['state'],
    waiting = 0,
    caughtUpAt: string | null = null,
  ): Parameters<typeof cloudVerdict>[0] => [{ state, waiting, caughtUpAt }];
  const all = (
    ...some: (readonly Pick<Remote, 'state' | 'waiting' | 'caughtUpAt'>[] | undefined)[]
  ) => cloudVerdict(some.flatMap((one) => one ?? []));

  test('is not known before anything was heard, and never well without a remote', () => {
    expect(cloudVerdict(undefined)).toEqual({ kind: 'unknown' });
    expect(cloudVerdict([])).toEqual({ kind: 'none' });
  });

  test('is as bad as the worst remote', () => {
    const idle = remote('idle');
    expect(all(idle).kind).toBe('synced');
    expect(all(idle, remote('uploading', 3)).kind).toBe('uploading');
    for (const state of ['refused', 'full', 'offline'] as const)
      expect(all(idle, remote('uploading', 3), remote(state)).kind).toBe('attention');
    expect(all(idle, remote('waiting_for_window', 3)).kind).toBe('waiting');
    expect(all(idle, remote('paused', 3)).kind).toBe('paused');
  });

  test('is off only when all are, and not "all sent" while something waits', () => {
    expect(all(remote('off', 5), remote('off')).kind).toBe('off');
    expect(all(remote('off', 5), remote('idle')).kind).toBe('waiting');
    expect(all(remote('idle', 1)).kind).toBe('waiting');
  });

  test('sums what waits, and has caught up when the last one has', () => {
    const verdict = all(
      remote('uploading', 2, AT),
      remote('waiting_for_window', 3, LATER),
      remote('idle', 0),
    );
    expect(verdict).toMatchObject({ waiting: 5, caughtUpAt: LATER });
    // One of which nobody knows when makes it unknown, wherever it stands.
    expect(all(remote('uploading', 2, AT), remote('offline', 1))).toMatchObject({
      caughtUpAt: null,
    });
    expect(all(remote('offline', 1), remote('uploading', 2, AT))).toMatchObject({
      caughtUpAt: null,
    });
  });
});

describe('a remote as it is typed', () => {
  const webdav: TypedRemote = {
    ...NEW_REMOTE,
    name: ' Garden ',
    values: { url: ' https://dav.example.org ', user: 'me', pass: ' a b ', bearer_token: '' },
    basePath: '/some/where/',
    bandwidth: '1m',
  };

  test('becomes what the station takes: trimmed, without what is empty, secrets apart and as they are', () => {
    const { draft, secrets } = draftOf(webdav);
    expect(draft).toEqual({
      name: 'Garden',
      type: 'webdav',
      options: { url: 'https://dav.example.org', user: 'me', vendor: 'auto' },
      basePath: 'some/where',
      bandwidthLimit: '1M',
      window: null,
    });
    expect(secrets).toEqual({ pass: ' a b ' });
  });

  test.each(remoteTypeSchema.options)(
    'fits the schema of the station with everything of %s',
    (type) => {
      const values = Object.fromEntries(
        REMOTE_OPTIONS[type].map(({ name, choices }) => [name, choices?.[0] ?? 'x']),
      );
      const { draft, secrets } = draftOf({ ...webdav, type, values });
      expect(remoteDraftSchema.parse(draft)).toEqual(draft);
      expect(remoteSecretsSchema.parse(secrets)).toEqual(secrets);
      // No secret ends among what is stored in the database.
      for (const { name, secret } of REMOTE_OPTIONS[type])
        expect([name, name in secrets]).toEqual([name, secret]);
      for (const name of Object.keys(secrets)) expect(draft.options).not.toHaveProperty(name);
    },
  );

  test('takes options that the page does not know from lines', () => {
    const { draft, secrets } = draftOf({
      ...webdav,
      type: 'rclone',
      values: {
        backend: 'ftp',
        more: 'host = ftp.example.org\n\nno line\nport=2121 ',
        more_secrets: 'pass = a=b c ',
      },
    });
    expect(draft.options).toEqual({ backend: 'ftp', host: 'ftp.example.org', port: '2121' });
    expect(secrets).toEqual({ pass: 'a=b c' });
  });

  test('says what is missing, but for secrets that the vault has and for what a token tells', () => {
    expect(missingIn(NEW_REMOTE, [])).toEqual(['name', 'url']);
    const s3: TypedRemote = { ...webdav, type: 's3', values: { bucket: 'b' } };
    expect(missingIn(s3, [])).toEqual(['access_key_id', 'secret_access_key']);
    expect(missingIn(s3, ['secret_access_key'])).toEqual(['access_key_id']);
    expect(missingIn({ ...webdav, type: 'onedrive', values: {} }, [])).toEqual(['token']);
  });

  test('takes from a login what nobody typed', () => {
    const typed: TypedRemote = { ...webdav, type: 'onedrive', values: { drive_id: 'mine' } };
    expect(
      withAuthorisation(typed, {
        token: '{}',
        options: { drive_id: 'theirs', drive_type: 'business' },
      }).values,
    ).toEqual({ drive_id: 'mine', drive_type: 'business', token: '{}' });
  });

  test('comes back from what is stored, and goes there unchanged', () => {
    const { draft } = draftOf({
      ...webdav,
      type: 'rclone',
      values: { backend: 'ftp', more: 'host = a\nport = 21' },
      window: { startHour: 22, endHour: 5 },
    });
    const stored = draft as Remote;
    expect(draftOf(typedOf(stored))).toEqual({ draft, secrets: {} });
  });

  test('is complained about at the field that shows it', () => {
    expect(fieldOf('draft.options.url')).toBe('url');
    expect(fieldOf('options.url')).toBe('url');
    expect(fieldOf('url')).toBe('url');
    expect(fieldOf('secrets.pass')).toBe('pass');
    expect(fieldOf('draft.bandwidthLimit')).toBe('bandwidth');
    expect(fieldOf('draft.window.endHour')).toBe('window');
    expect(fieldOf('pasted')).toBe('token');
  });

  test('tells where it is without a secret', () => {
    expect(placeOf({ type: 'sftp', options: { host: 'h', user: 'u' } })).toBe('u@h');
    expect(placeOf({ type: 's3', options: { bucket: 'b' } })).toBe('b');
    expect(placeOf({ type: 'drive', options: {} })).toBe('');
  });
});

test('the history is asked for whole days of the zone that is shown, and a reason only of failures', () => {
  expect(toUploadFilter(ALL_UPLOADS, 'UTC')).toEqual({});
  expect(
    toUploadFilter(
      { remote: 'a', result: 'done', code: 'AUTH', fromDay: '2026-03-29', toDay: '2026-03-29' },
      'Europe/Berlin',
    ),
  ).toEqual({
    remote: 'a',
    success: true,
    // That day has 23 hours there.
    from: '2026-03-28T23:00:00.000Z',
    to: '2026-03-29T22:00:00.000Z',
  });
  expect(toUploadFilter({ ...ALL_UPLOADS, result: 'failed', code: 'AUTH' }, 'UTC')).toEqual({
    success: false,
    code: 'AUTH',
  });
});

test('a row of the list says where a recording is', () => {
  const at = (uploaded: boolean, localDeleted: boolean) =>
    custodyAtAGlance({ uploaded, localDeleted });
  expect([at(false, false), at(true, false), at(true, true), at(false, true)]).toEqual([
    'local_only',
    'verified',
    'local_deleted',
    'lost',
  ]);
});

test('a disk is at a threshold until it is beyond it', () => {
  const thresholds = { warning: 70, critical: 80, emergency: 90 };
  const levels = [12, 70, 70.1, 80, 80.1, 90, 90.1, 100].map((used) => fillLevel(used, thresholds));
  expect(levels).toEqual([
    'calm',
    'calm',
    'info',
    'info',
    'attention',
    'attention',
    'danger',
    'danger',
  ]);
});
