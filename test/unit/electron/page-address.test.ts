import { describe, expect, it } from 'vitest';
import { isAllowedExternal, isLoginAddress, isPageAddress } from '../../../electron/page-address';

describe('the page’s own address', () => {
  it.each(['app://silvasonic', 'app://silvasonic/index.html', 'app://silvasonic/#/logs'])(
    'is %s',
    (address) => {
      expect(isPageAddress(address)).toBe(true);
    },
  );

  it.each([
    '',
    'app://silvasonic.example/index.html',
    'app://silvasonicx',
    'app://other/',
    'https://silvasonic/',
    'file:///etc/passwd',
    'javascript:alert(1)',
    ' app://silvasonic/',
  ])('is not %j', (address) => {
    expect(isPageAddress(address)).toBe(false);
  });
});

describe('a link to the outside', () => {
  const hosts = ['docs.example'];

  it('opens for listed hosts over https only', () => {
    expect(isAllowedExternal('https://docs.example/a?b#c', hosts)).toBe(true);
  });

  it.each([
    'http://docs.example/',
    'https://docs.example.evil/',
    'https://evil.example/',
    'https://docs.example@evil.example/',
    'https://user@docs.example/',
    'https://docs.example:8443/',
    'file:///etc/passwd',
    'not an address',
  ])('does not open for %s', (address) => {
    expect(isAllowedExternal(address, hosts)).toBe(false);
  });

  it('opens for nobody so far', () => {
    expect(isAllowedExternal('https://docs.example/')).toBe(false);
  });
});

describe('where rclone waits for a login', () => {
  it('is opened in the browser', () => {
    expect(isLoginAddress('http://127.0.0.1:53682/auth?state=T6_d_hl-qqJ_3z0w0XmHvg')).toBe(true);
  });

  it.each([
    'https://127.0.0.1:53682/auth?state=a',
    'http://127.0.0.1:53682/auth',
    'http://127.0.0.1:5368/auth?state=a',
    'http://127.0.0.1:53682/auth?state=a&x=file:///etc/passwd',
    'http://127.0.0.1:53682@evil.example/auth?state=a',
    'file:///etc/passwd',
    ' http://127.0.0.1:53682/auth?state=a',
    'http://127.0.0.1:53682/auth?state=a\n',
  ])('is not %j', (address) => {
    expect(isLoginAddress(address)).toBe(false);
  });
});
