import { describe, expect, it } from 'vitest';
import { isAllowedExternal, isPageAddress } from '../../../electron/page-address';

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
