import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainFields } from '@main/logging/plain-fields';

describe('log fields', () => {
  it('are kept as they are where they are plain', () => {
    const fields = {
      device: 'mic',
      frames: 480,
      ok: true,
      none: null,
      list: [1, 'a'],
      deep: { a: { b: 1 } },
    };
    expect(plainFields(fields)).toEqual(fields);
  });

  it('say what an error says, wherever it lies, and what was behind it', () => {
    const disk = new Error('ENOSPC: no space left on device');
    const error = new Error('Failed query: insert into recordings', { cause: disk });
    expect(plainFields({ error, attempts: [{ error: disk }] })).toEqual({
      error: 'Failed query: insert into recordings: ENOSPC: no space left on device',
      attempts: [{ error: 'ENOSPC: no space left on device' }],
    });
  });

  it.each([
    'password',
    'remotePassword',
    'rclone_pass',
    'pass',
    'SECRET',
    'access_token',
    'Authorization',
    'apiKey',
    'credentials',
  ])('never show what is called %s, at any depth', (name) => {
    const shown = JSON.stringify(
      plainFields({ [name]: 'hunter2', deep: [{ options: { [name]: { inner: 'hunter2' } } }] }),
    );
    expect(shown).not.toContain('hunter2');
  });

  it.each(['key', 'bypass', 'passes', 'device'])('show what is called %s', (name) => {
    expect(plainFields({ [name]: 'seen' })).toEqual({ [name]: 'seen' });
  });

  it('never show a password within an address', () => {
    const fields = plainFields({
      url: 'https://anna:hunter2@cloud.example/dav',
      error: new Error('401 at https://anna:hunter2@cloud.example/dav'),
    });
    expect(JSON.stringify(fields)).not.toContain('hunter2');
    expect(fields['url']).toBe('https://anna:[hidden]@cloud.example/dav');
  });

  it('hold nothing that cannot be sent: cyclic things, functions, big numbers', () => {
    const cyclic: Record<string, unknown> = {};
    cyclic['self'] = cyclic;
    const fields = plainFields({
      cyclic,
      call: () => 1,
      big: 10n,
      gone: undefined,
      nan: Number.NaN,
    });
    expect(structuredClone(fields)).toEqual(fields);
    expect(fields).toMatchObject({ call: null, big: '10', gone: null });
  });

  it('never throw and can always be sent', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.string(), fc.anything({ withBigInt: true, withDate: true })),
        (fields) => {
          expect(() => JSON.stringify(plainFields(fields))).not.toThrow();
        },
      ),
    );
  });
});
