import { ORPCError } from '@orpc/client';
import { devicesContract } from '@shared/contract/devices';
import { systemSettingsSchema } from '@shared/model/settings';
import { describe, expect, test } from 'vitest';
import { alertKey } from '../../../renderer/app/alert-text';
import { describeError, fieldProblems } from '../../../renderer/app/error-text';
import { ContactLostError } from '../../../renderer/station-client';

describe('an error of the station', () => {
  test('is described by its code and by what it is about', () => {
    expect(
      describeError(new ORPCError('NOT_FOUND', { data: { what: 'profile', id: 'x' } })),
    ).toEqual({ key: 'NOT_FOUND_profile', detail: 'x' });
    expect(
      describeError(new ORPCError('CONFLICT', { data: { reason: 'not_removable', id: 'usb' } }))
        .key,
    ).toBe('CONFLICT_not_removable');
  });

  test('of a newer station falls back to its code, then to "unexpected"', () => {
    expect(
      describeError(new ORPCError('NOT_FOUND', { data: { what: 'satellite', id: '1' } })).key,
    ).toBe('NOT_FOUND');
    expect(describeError(new ORPCError('TEAPOT', { message: 'short and stout' }))).toEqual({
      key: 'UNKNOWN',
      detail: 'short and stout',
    });
  });

  test('that is a lost line says so', () => {
    expect(describeError(new ContactLostError('x')).key).toBe('NO_CONTACT');
    expect(describeError(new DOMException('x', 'AbortError')).key).toBe('NO_CONTACT');
  });

  test('that is no error at all is still described', () => {
    for (const thrown of [null, undefined, 'text', 7])
      expect(describeError(thrown).key).toBe('UNKNOWN');
  });
});

describe('complaints about fields', () => {
  test('come from the real contract with path, code and limit', () => {
    const schema = devicesContract.addSimulated['~orpc'].inputSchema;
    const result = schema?.['~standard'].validate({ profileSlug: '', source: 'file' });
    if (result === undefined || result instanceof Promise)
      throw new Error('the schema answers at once');
    const problems = fieldProblems(
      new ORPCError('BAD_REQUEST', { data: { issues: result.issues } }),
    );
    expect(problems.find(({ path }) => path === 'profileSlug')).toMatchObject({
      code: 'too_small',
      limit: 1,
      origin: 'string',
    });
  });

  test('come from INVALID_VALUE with its own words', () => {
    const error = new ORPCError('INVALID_VALUE', {
      data: { path: 'system.timezone', problem: 'not a zone' },
    });
    expect(fieldProblems(error)).toEqual([
      { path: 'system.timezone', message: 'not a zone', code: null, limit: null, origin: null },
    ]);
  });

  test.each([
    ['latitude', 95, { code: 'too_big', limit: 90, origin: 'number' }],
    ['max_recorders', 0, { code: 'too_small', limit: 1, origin: 'number' }],
    ['station_name', '', { code: 'too_small', limit: 1, origin: 'string' }],
    ['station_name', 'x'.repeat(65), { code: 'too_big', limit: 64, origin: 'string' }],
  ])('find the limit of %s in the words of the real schema', (key, value, expected) => {
    const problem =
      systemSettingsSchema.safeParse({ [key]: value }).error?.issues[0]?.message ?? '';
    const error = new ORPCError('INVALID_VALUE', { data: { path: `system.${key}`, problem } });
    expect(fieldProblems(error)[0]).toMatchObject(expected);
  });

  test('are none for other errors', () => {
    expect(fieldProblems(new ORPCError('NOT_FOUND'))).toEqual([]);
    expect(fieldProblems(new Error('x'))).toEqual([]);
  });
});

test('an alert of a newer station is shown by its name', () => {
  expect(alertKey('database.restored')).toBe('database.restored');
  expect(alertKey('sun.exploded')).toBe('other');
});
