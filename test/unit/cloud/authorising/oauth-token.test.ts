import { describe, expect, it } from 'vitest';
import { asSecret, tokenIn } from '@main/cloud/authorising/oauth-token';

const TOKEN = {
  access_token: 'ya29.access',
  token_type: 'Bearer',
  refresh_token: '1//refresh',
  expiry: '2026-11-22T03:34:41.698358386Z',
};
const LINE = JSON.stringify(TOKEN);

describe('a pasted token', () => {
  it.each([
    ['as it is', LINE],
    [
      'with the lines around it',
      `Paste the following into your remote machine --->\n${LINE}\n<---End paste\n`,
    ],
    ['with spaces', `  ${LINE}\t\n`],
    ['broken by a terminal', `${LINE.slice(0, 40)}\r\n${LINE.slice(40)}`],
    ['from the file of rclone', `token = ${LINE}`],
  ])('is taken %s', (_how, pasted) => {
    expect(tokenIn(pasted)).toEqual(TOKEN);
    expect(JSON.parse(asSecret(tokenIn(pasted)))).toEqual(TOKEN);
  });

  it.each([
    ['nothing', '', 'there is no {…} in it'],
    ['an address', 'http://127.0.0.1:53682/auth', 'there is no {…} in it'],
    ['half of it', LINE.slice(0, 60), 'there is no {…} in it'],
    ['a broken middle', `${LINE.slice(0, 20)}…}`, 'the text in {…} is not whole'],
    ['a service account', '{"type":"service_account","private_key":"k"}', 'it has no access_token'],
    ['one that ends in an hour', '{"access_token":"a"}', 'it has no refresh_token'],
    ['a book', `{${'x'.repeat(70_000)}}`, 'it is far too long'],
  ])('that is %s is refused in one sentence that does not repeat it', (_what, pasted, why) => {
    expect(() => tokenIn(pasted)).toThrow(
      `This is not the token that "rclone authorize" prints: ${why}.`,
    );
  });
});
