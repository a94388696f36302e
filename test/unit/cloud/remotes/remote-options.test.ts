import { describe, expect, it } from 'vitest';
import { type RemoteType, remoteTypeSchema } from '@shared/model/remote';
import { isSecretOption, REMOTE_OPTIONS, type RemoteOption } from '@shared/model/remote-options';
import { rcloneRemote } from '@main/cloud/rclone/options';

function valueOf({ name, kind, choices }: RemoteOption): string {
  if (kind === 'choice') return choices?.[0] ?? '';
  if (kind === 'url') return 'https://cloud.example.org/dav';
  if (kind === 'port') return '22';
  if (kind === 'path') return '/media/usb';
  return name === 'backend' ? 'ftp' : 'abc';
}

function made(type: RemoteType, wanted: (option: RemoteOption) => boolean): void {
  const all = REMOTE_OPTIONS[type].filter(wanted);
  const pairs = (secret: boolean) =>
    Object.fromEntries(
      all.filter((one) => one.secret === secret).map((one) => [one.name, valueOf(one)]),
    );
  rcloneRemote(type, pairs(false), pairs(true), 'silvasonic');
}

describe.each(remoteTypeSchema.options)('what a person is asked for %s', (type) => {
  it('is what rclone can be told, all of it', () => {
    expect(() => {
      made(type, () => true);
    }).not.toThrow();
  });

  it.each(REMOTE_OPTIONS[type].filter(({ required }) => required).map(({ name }) => name))(
    'needs %s',
    (name) => {
      expect(() => {
        made(type, (option) => option.name !== name);
      }).toThrow();
    },
  );
});

it('takes what sounds like a secret for one where it knows no better', () => {
  expect(isSecretOption('rclone', 'api_password')).toBe(true);
  expect(isSecretOption('rclone', 'host')).toBe(false);
  expect(isSecretOption('s3', 'access_key_id')).toBe(false);
  expect(isSecretOption('s3', 'secret_access_key')).toBe(true);
});
