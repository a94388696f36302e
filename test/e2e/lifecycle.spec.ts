import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { launchConsole, runConsole } from '../support/e2e/console-app';
import { addShortProfile, connected, expect, test } from '../support/e2e/console-test';
import { stationLine } from '../support/e2e/station-line';

const ONE_SENTENCE = /^[^\n]+$/;

test('SIGTERM ends everything cleanly: captures gone, the last segment kept, exit code 0', async ({
  folders,
}) => {
  const station = await launchConsole(folders);
  await connected(station.page);
  const line = await stationLine(folders.dataDir);
  await addShortProfile(line);
  const { name } = await line.devices.addSimulated({ profileSlug: 'short' });
  await expect
    .poll(
      async () => (await line.recorders.list()).find((recorder) => recorder.device === name)?.state,
    )
    .toBe('recording');
  const captures = await childrenOf(station.app.process().pid!, 'ffmpeg');
  expect(captures.length).toBeGreaterThan(0);

  const { code, stderr } = await station.stop();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(captures.filter(isAlive)).toEqual([]);

  const again = await launchConsole(folders);
  await connected(again.page);
  const after = await stationLine(folders.dataDir);
  expect((await after.recordings.count({})).total).toBeGreaterThan(0);
  expect((await again.stop()).code).toBe(0);
});

test('closing the window stops the station', async ({ folders }) => {
  const station = await launchConsole(folders);
  await connected(station.page);
  await station.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.close();
  });
  expect((await station.ended).code).toBe(0);
});

test('a second start on the same data folder finds the first, and says so', async ({
  station,
  folders,
}) => {
  await station.app.evaluate(({ BrowserWindow }) => {
    BrowserWindow.getAllWindows()[0]!.hide();
  });
  const second = await runConsole([
    `--user-data-dir=${folders.profileDir}`,
    '--data',
    folders.dataDir,
  ]);
  expect(second.code).toBe(0);
  expect(second.stdout).toContain('already running');
  await expect
    .poll(() =>
      station.app.evaluate(({ BrowserWindow }) => BrowserWindow.getAllWindows()[0]!.isVisible()),
    )
    .toBe(true);
});

test('a station that runs elsewhere on the data folder is not disturbed', async ({
  station,
  folders,
  line,
}) => {
  const other = await runConsole([
    `--user-data-dir=${folders.profileDir}-2`,
    '--data',
    folders.dataDir,
  ]);
  expect(other.code).toBe(1);
  expect(other.stderr).toMatch(ONE_SENTENCE);
  expect(other.stderr).toContain(folders.dataDir);
  expect((await line.station.snapshot()).station.running).toBe(true);
  await expect(station.page.getByTestId('rec-indicator')).toBeVisible();
});

test.describe('what cannot be', () => {
  test('an unknown option: one sentence, exit code 2', async ({ folders }) => {
    const { code, stderr } = await runConsole(['--kisok', '--data', folders.dataDir]);
    expect(code).toBe(2);
    expect(stderr).toBe('There is no option --kisok. --help lists the options.');
  });

  test('a data folder that is a file: one sentence, exit code 1, the file untouched', async ({
    folders,
  }) => {
    const file = join(folders.root, 'a-file');
    await writeFile(file, 'mine');
    const { code, stderr } = await runConsole([
      `--user-data-dir=${folders.profileDir}`,
      '--data',
      file,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(ONE_SENTENCE);
    expect(stderr).toContain(file);
    expect(await readFile(file, 'utf8')).toBe('mine');
  });

  test('a data folder that cannot be made: one sentence, exit code 1', async ({ folders }) => {
    const { code, stderr } = await runConsole([
      `--user-data-dir=${folders.profileDir}`,
      '--data',
      '/sys/nowhere',
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(ONE_SENTENCE);
    expect(stderr).toContain('/sys/nowhere');
  });

  test('help and version need no station', async () => {
    const help = await runConsole(['--help']);
    expect(help).toMatchObject({ code: 0 });
    expect(help.stdout).toContain('--kiosk');
    const version = await runConsole(['--version']);
    expect(version.stdout.trim()).toMatch(/^\d+\.\d+\.\d+/);
  });
});

test('--demo records from a simulated microphone in a temporary folder, and says where', async ({
  folders,
}) => {
  const station = await launchConsole(folders, { args: ['--demo'], env: { TMPDIR: folders.root } });
  await expect(station.page.getByTestId('demo-badge')).toBeVisible();
  await expect(station.page.getByTestId('rec-indicator')).toHaveAttribute('data-recording', '1');
  const { code, stdout } = await station.stop();
  expect(code).toBe(0);
  expect(stdout).toContain(`${folders.root}/silvasonic-demo-`);
});

test('--kiosk fills the screen and has no frame', async ({ folders }) => {
  const station = await launchConsole(folders, { args: ['--kiosk'] });
  await connected(station.page);
  const facts = await station.app.evaluate(({ BrowserWindow, screen, Menu }) => {
    const window = BrowserWindow.getAllWindows()[0]!;
    return {
      bounds: window.getBounds(),
      content: window.getContentBounds(),
      display: screen.getPrimaryDisplay().bounds,
      kiosk: window.isKiosk(),
      menu: window.isMenuBarVisible() && Menu.getApplicationMenu() !== null,
    };
  });
  // Without a window manager Chromium stays a pixel short of the screen.
  for (const bounds of [facts.bounds, facts.content]) {
    expect(bounds).toMatchObject({ x: 0, y: 0 });
    expect(facts.display.width - bounds.width).toBeLessThanOrEqual(1);
    expect(facts.display.height - bounds.height).toBeLessThanOrEqual(1);
  }
  expect(facts).toMatchObject({ kiosk: true, menu: false });
  expect((await station.stop()).code).toBe(0);
});

test('the kiosk setting opens full screen without the option', async ({ folders }) => {
  const before = await launchConsole(folders);
  await connected(before.page);
  await (await stationLine(folders.dataDir)).settings.set({ key: 'display.kiosk', value: true });
  await before.stop();
  const station = await launchConsole(folders);
  await connected(station.page);
  const kiosk = await station.app.evaluate(({ BrowserWindow }) =>
    BrowserWindow.getAllWindows()[0]!.isKiosk(),
  );
  expect(kiosk).toBe(true);
  expect((await station.stop()).code).toBe(0);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

/** Processes of a name that were started by `parent` or by its children, also when they were detached. */
async function childrenOf(parent: number, name: string): Promise<number[]> {
  const found: number[] = [];
  for (const entry of await readdir('/proc')) {
    if (!/^\d+$/.test(entry)) continue;
    const status = await readFile(`/proc/${entry}/status`, 'utf8').catch(() => '');
    if (
      new RegExp(`^Name:\\s${name}$`, 'm').test(status) &&
      new RegExp(`^PPid:\\s${parent}$`, 'm').test(status)
    ) {
      found.push(Number(entry));
    }
  }
  return found;
}
