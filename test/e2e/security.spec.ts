import { createServer } from 'node:http';
import { readFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { expect, sharedTest as test } from '../support/e2e/console-test';
import { recState } from '../support/e2e/rec-state';

test.describe('the window', () => {
  test('lives in a process that the kernel holds back', async ({ station }) => {
    test.skip(process.getuid?.() === 0, 'root runs Chromium without its sandbox');
    const pid = await station.app.evaluate(({ BrowserWindow }) =>
      BrowserWindow.getAllWindows()[0]!.webContents.getOSProcessId(),
    );
    expect(await readFile(`/proc/${pid}/status`, 'utf8')).toMatch(/^Seccomp:\s2$/m);
  });

  test('is sandboxed, isolated and without Node', async ({ station }) => {
    const preferences = await station.app.evaluate(({ BrowserWindow }) => {
      const { webContents } = BrowserWindow.getAllWindows()[0]!;
      // Not in Electron's types, yet the only way to see what really applies.
      const { getLastWebPreferences } = webContents as unknown as {
        getLastWebPreferences(): Record<string, unknown>;
      };
      return getLastWebPreferences.call(webContents);
    });
    expect(preferences).toMatchObject({
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      webSecurity: true,
    });
  });

  test('holds nothing that a page without our preload does not hold', async ({ station }) => {
    const held = await station.page.evaluate(() => Object.getOwnPropertyNames(window).sort());
    const plain = await station.app.evaluate(async ({ BrowserWindow }) => {
      const bare = new BrowserWindow({ show: false, webPreferences: { sandbox: true } });
      await bare.loadURL('app://silvasonic/index.html');
      const names = (await bare.webContents.executeJavaScript(
        'Object.getOwnPropertyNames(window).sort()',
      )) as string[];
      bare.destroy();
      return names;
    });
    // Playwright's own bindings come and go with what the test does.
    const real = (names: string[]): string[] =>
      names.filter((name) => !name.startsWith('__playwright'));
    expect(real(held)).toEqual(real(plain));

    const forbidden = [
      'require',
      'process',
      'module',
      'exports',
      'Buffer',
      'global',
      'electron',
      'ipcRenderer',
    ];
    const found = await station.page.evaluate(
      (names) => names.filter((name) => name in window || name in globalThis),
      forbidden,
    );
    expect(found).toEqual([]);
  });

  test('is served with a strict policy', async ({ station }) => {
    const headers = await station.app.evaluate(async ({ session }) => {
      const response = await session.defaultSession.fetch('app://silvasonic/index.html');
      return Object.fromEntries(response.headers.entries());
    });
    expect(headers['content-security-policy']).toContain("default-src 'none'; script-src 'self';");
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect(headers['content-type']).toBe('text/html; charset=utf-8');
  });

  test('runs no inline script, evaluates no text and reaches no other host', async ({ page }) => {
    const result = await page.evaluate(async () => {
      const violations: string[] = [];
      document.addEventListener('securitypolicyviolation', (event) => {
        violations.push(event.effectiveDirective);
      });
      const script = document.createElement('script');
      script.textContent = 'document.body.dataset.inline = "ran"';
      document.body.append(script);
      const image = new Image();
      image.src = 'https://example.invalid/x.png';
      const reached = await fetch('https://example.invalid/').then(
        () => true,
        () => false,
      );
      const evaluated = await new Promise((done) => {
        const frame = document.createElement('iframe');
        frame.src = 'https://example.invalid/';
        document.body.append(frame);
        (setTimeout as (code: string) => void)('document.body.dataset.evaluated = "ran"');
        setTimeout(() => {
          done(document.body.dataset['evaluated'] ?? null);
        }, 50);
      });
      return { inline: document.body.dataset['inline'] ?? null, reached, evaluated, violations };
    });
    expect(result).toMatchObject({ inline: null, reached: false, evaluated: null });
    expect(new Set(result.violations)).toEqual(
      new Set(['script-src-elem', 'script-src', 'img-src', 'connect-src', 'frame-src']),
    );
  });

  test('cannot be led away, by link, by script or by a redirect', async ({
    page,
    station,
    line,
  }) => {
    const address = page.url();
    const server = createServer((_request, response) =>
      response.writeHead(200).end('elsewhere'),
    ).listen(0);
    const elsewhere = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    try {
      for (const target of [
        elsewhere,
        'file:///etc/passwd',
        'data:text/html,gone',
        'media://recording/1/raw',
      ]) {
        await page.evaluate((to) => {
          const link = document.createElement('a');
          link.href = to;
          document.body.append(link);
          link.click();
          link.remove();
        }, target);
      }
      await page.evaluate((to) => {
        window.location.assign(to);
      }, elsewhere);
      await expect
        .poll(async () => {
          const records = await line.logs.tail({ level: 'warn', search: 'navigation.denied' });
          return records.filter((record) => record.fields['address'] === elsewhere).length;
        })
        .toBeGreaterThanOrEqual(2);
      expect(page.url()).toBe(address);
      expect(station.app.windows()).toHaveLength(1);
      expect(await recState(station.app)).toMatch(/^\d+$/);
    } finally {
      server.close();
      await page.reload(); // Playwright still waits for a navigation that was refused
    }
  });

  test('opens no other window', async ({ page, station }) => {
    const opened = await page.evaluate(() =>
      ['https://example.invalid/', 'about:blank', window.location.href].map(
        (to) => window.open(to) !== null,
      ),
    );
    expect(opened).toEqual([false, false, false]);
    const windows = await station.app.evaluate(
      ({ BrowserWindow }) => BrowserWindow.getAllWindows().length,
    );
    expect(windows).toBe(1);
  });

  test('gets no permission and no device', async ({ page }) => {
    const answers = await page.evaluate(async () => {
      const refused = (asked: Promise<unknown>): Promise<string> =>
        asked.then(
          () => 'granted',
          (error: unknown) => (error instanceof Error ? error.name : String(error)),
        );
      const device = async (kind: string): Promise<unknown> => {
        const api = (
          navigator as unknown as Record<string, { requestDevice(o: object): Promise<unknown> }>
        )[kind];
        if (api === undefined) throw new Error('absent');
        return api.requestDevice(kind === 'usb' ? { filters: [] } : { acceptAllDevices: true });
      };
      const names = [
        'geolocation',
        'camera',
        'microphone',
        'notifications',
        'clipboard-read',
        'midi',
      ];
      const states = await Promise.all(
        names.map(
          async (name) =>
            (await navigator.permissions.query({ name: name as PermissionName })).state,
        ),
      );
      return {
        states: [...new Set(states)],
        notification: await Notification.requestPermission(),
        microphone: await refused(navigator.mediaDevices.getUserMedia({ audio: true })),
        screen: await refused(navigator.mediaDevices.getDisplayMedia()),
        bluetooth: await refused(device('bluetooth')),
        usb: await refused(device('usb')),
        position: await new Promise((done) => {
          navigator.geolocation.getCurrentPosition(
            () => done('granted'),
            (error) => done(error.code),
          );
        }),
      };
    });
    expect(answers.states).toEqual(['denied']);
    expect(answers).toMatchObject({ notification: 'denied', position: 1 });
    expect(answers.microphone).not.toBe('granted');
    expect(answers.screen).not.toBe('granted');
    expect(answers.bluetooth).not.toBe('granted');
    expect(answers.usb).not.toBe('granted');
  });

  test('downloads nothing but what it made itself', async ({ page, station, line, folders }) => {
    const target = join(folders.root, 'saved.ndjson');
    await station.app.evaluate(({ session }, path) => {
      session.defaultSession.on('will-download', (event, item) => {
        if (!event.defaultPrevented) item.setSavePath(path);
      });
    }, target);
    await page.evaluate(() => {
      const link = document.createElement('a');
      link.href = 'data:text/plain,foreign';
      link.download = 'foreign.txt';
      link.click();
    });
    await expect
      .poll(async () => (await line.logs.tail({ search: 'download.denied' })).length)
      .toBeGreaterThan(0);

    await page.getByTestId('nav-logs').click();
    await page.getByTestId('log-save').click();
    await expect.poll(() => readFile(target, 'utf8').catch(() => '')).toContain('"event"');
  });

  test('is connected only when our own page asks', async ({ station, line }) => {
    await station.app.evaluate(async ({ BrowserWindow, app }) => {
      const preload = `${app.getAppPath()}/out/preload/index.cjs`;
      const stranger = new BrowserWindow({
        show: false,
        webPreferences: { preload, sandbox: true },
      });
      await stranger.loadURL('app://silvasonic/index.html');
    });
    await expect
      .poll(async () => (await line.logs.tail({ search: 'page.refused' })).length)
      .toBeGreaterThan(0);
    await station.app.evaluate(({ BrowserWindow }) => {
      const stranger = BrowserWindow.getAllWindows().find((window) => !window.isVisible());
      stranger?.destroy();
    });
  });
});

test.describe('what is served', () => {
  test('is the page’s folder and nothing around it', async ({ station }) => {
    const statuses = await station.app.evaluate(
      async ({ session }, paths) =>
        Promise.all(
          paths.map(
            async (path) => (await session.defaultSession.fetch(`app://silvasonic${path}`)).status,
          ),
        ),
      [
        '/index.html',
        '/',
        '/missing.js',
        '/../main/index.mjs',
        '/%2e%2e/main/index.mjs',
        '/..%2fmain%2findex.mjs',
        '/assets/..%2f..%2f..%2fpackage.json',
        '/..%5cmain%5cindex.mjs',
        '//etc/passwd',
      ],
    );
    expect(statuses).toEqual([200, 200, 404, 404, 404, 404, 404, 404, 404]);
  });

  test('is audio by number only', async ({ station }) => {
    const statuses = await station.app.evaluate(
      async ({ session }, paths) =>
        Promise.all(
          paths.map(
            async (path) => (await session.defaultSession.fetch(`media://recording${path}`)).status,
          ),
        ),
      ['/abc/raw', '/0/raw', '/..%2f..%2fstation.db/raw', '/4711/raw', '/1/station.db', '/1'],
    );
    expect(statuses).toEqual([400, 400, 400, 404, 404, 404]);
  });
});
