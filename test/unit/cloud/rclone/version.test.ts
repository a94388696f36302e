import { judgeVersion } from '@main/cloud/rclone/version';
import { expect, test } from 'vitest';

test.each([
  ['1.60.1-DEV', 'ok'],
  ['1.75.2', 'ok'],
  ['2.0.0', 'ok'],
  ['1.59.9', 'too_old'],
  ['1.9', 'too_old'],
  ['0.99', 'too_old'],
])('rclone %s is %s', (version, state) => {
  expect(judgeVersion(version)).toMatchObject({ state, version });
});
