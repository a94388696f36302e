import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CONTENT_SECURITY_POLICY,
  mediaTypeOf,
  pageFilesHandler,
} from '../../../electron/page-files';

let folder: string;
let answer: (request: Request) => Promise<Response>;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'silvasonic-page-'));
  const root = join(folder, 'renderer');
  await mkdir(join(root, 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(root, 'index.html'), '<!doctype html>');
  await writeFile(join(root, 'assets', 'index-1.js'), 'export {}');
  await symlink(join(folder, 'secret.txt'), join(root, 'link.txt'));
  answer = pageFilesHandler(root, 'app://silvasonic');
});

afterAll(() => rm(folder, { recursive: true, force: true }));

function get(address: string, method = 'GET'): Promise<Response> {
  // Chromium normalises addresses of a standard scheme; the test must not, to try the worst.
  return answer({ url: address, method } as Request);
}

describe('the page’s own files', () => {
  it('come with a strict policy and no guessing of types', async () => {
    const response = await get('app://silvasonic/index.html');
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(response.headers.get('content-security-policy')).toBe(CONTENT_SECURITY_POLICY);
    expect(response.headers.get('x-content-type-options')).toBe('nosniff');
    expect(await response.text()).toBe('<!doctype html>');
  });

  it('are found below folders', async () => {
    const response = await get('app://silvasonic/assets/index-1.js');
    expect(response.headers.get('content-type')).toBe('text/javascript; charset=utf-8');
    expect(await response.text()).toBe('export {}');
  });

  it('begin at the root', async () => {
    expect(await (await get('app://silvasonic/')).text()).toBe('<!doctype html>');
  });

  it.each([
    'app://silvasonic/recordings',
    'app://silvasonic/missing.js',
    'app://silvasonic/assets/missing.png',
    'app://silvasonic/../secret.txt',
    'app://silvasonic/%2e%2e/secret.txt',
    'app://silvasonic/..%2fsecret.txt',
    'app://silvasonic/%2e%2e%2fsecret.txt',
    'app://silvasonic/assets/..%2f..%2fsecret.txt',
    'app://silvasonic/..%5csecret.txt',
    'app://silvasonic/index.html%00.txt',
    'app://silvasonic//etc/passwd.txt',
    'app://silvasonic/link.txt',
    'app://elsewhere/index.html',
    'app://silvasonic:99/index.html',
  ])('%s is not there', async (address) => {
    const response = await get(address);
    expect(response.status).toBe(404);
    expect(await response.text()).toBe('404');
  });

  it('refuse what cannot be decoded, and every other method', async () => {
    expect((await get('app://silvasonic/%ff')).status).toBe(400);
    expect((await get('app://silvasonic/index.html', 'POST')).status).toBe(405);
  });

  it('are found when they were put there later', async () => {
    expect((await get('app://silvasonic/assets/late.js')).status).toBe(404);
    await writeFile(join(folder, 'renderer', 'assets', 'late.js'), 'late');
    expect(await (await get('app://silvasonic/assets/late.js')).text()).toBe('late');
  });

  it('are missed again after a failure, not for ever', async () => {
    const late = join(folder, 'late');
    const handler = pageFilesHandler(late, 'app://silvasonic');
    const request = { url: 'app://silvasonic/index.html', method: 'GET' } as Request;
    expect((await handler(request)).type).toBe('error');
    await mkdir(late);
    await writeFile(join(late, 'index.html'), 'now');
    expect(await (await handler(request)).text()).toBe('now');
  });
});

describe('a content type', () => {
  it.each([
    ['a.html', 'text/html; charset=utf-8'],
    ['a.CSS', 'text/css; charset=utf-8'],
    ['a.woff2', 'font/woff2'],
    ['a.svg', 'image/svg+xml'],
    ['a.unknown', 'application/octet-stream'],
    ['a', 'application/octet-stream'],
  ])('of %s is %s', (name, type) => {
    expect(mediaTypeOf(name)).toBe(type);
  });
});

describe('the policy', () => {
  it('allows no inline script, no eval and no stranger', () => {
    expect(CONTENT_SECURITY_POLICY).toContain("default-src 'none'");
    expect(CONTENT_SECURITY_POLICY).toMatch(/script-src 'self';/);
    expect(CONTENT_SECURITY_POLICY).not.toMatch(/unsafe-eval|https?:|\*/);
  });
});
