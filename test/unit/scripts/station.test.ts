import { describe, expect, it } from 'vitest';
import { whereTyped } from '../../../scripts/tasks/station.mjs';

describe('where the command line works', () => {
  it('is where the person stands who typed it, not where npm went', () => {
    expect(whereTyped({ INIT_CWD: '/tmp', npm_lifecycle_event: 'station' })).toEqual({
      cwd: '/tmp',
    });
  });

  it.each([
    ['npm did not start it', {}],
    ['another script of npm started the shell', { INIT_CWD: '/tmp', npm_lifecycle_event: 'test' }],
    ['the folder is gone', { INIT_CWD: '/proc/nonexistent', npm_lifecycle_event: 'station' }],
  ])('is this folder where %s', (_, env) => {
    expect(whereTyped(env)).toEqual({});
  });
});
