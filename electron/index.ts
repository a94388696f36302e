import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  app,
  dialog,
  nativeTheme,
  powerMonitor,
  session,
  type BrowserWindow,
  type WebContents,
} from 'electron';
import { servePort } from '@main/api/message-port';
import { systemClock } from '@main/clock/system-clock';
import { KnownStations, knownStationsFile } from '@main/data-disk/known-stations';
import { defaultDataDir } from '@main/data-folder';
import type { FileDialogs } from '@main/dialogs/file-dialogs';
import { isAttended } from '@main/folder-lock';
import { installationAt } from '@main/installation';
import { DEMO_PREFIX, endAbandonedDemos } from '@main/recorder/abandoned-demos';
import { openStation, type Station } from '@main/station';
import { unsupportedUpdater, type Updater } from '@main/updates/updater';
import { takeSecretEnvironment } from '@main/vault/secret-environment';
import { ownArguments, parseArguments, USAGE, type ConsoleArguments } from './args';
import { bootSentence, needsDialog, standardError } from './boot-failure';
import { ElectronFileDialogs } from './file-dialogs';
import { acceptPage, disconnectWhenGone } from './page-connection';
import { profileFolder } from './profile-folder';
import { registerSchemes, serveSchemes } from './protocol';
import { openLogin } from './open-login';
import { lockContents, lockSession } from './security';
import { Shutdown } from './shutdown';
import { openFeedReader } from './update-feed';
import { FeedUpdater } from './updater';
import { bringToFront, openWindow } from './window';

const DIALOG_BOUND_MS = 60_000;
const SIGNALS = ['SIGTERM', 'SIGINT', 'SIGHUP'] as const;
const installation = installationAt(import.meta.dirname);
/** Before the first program is started that would inherit it. */
const secretEnvironment = takeSecretEnvironment(process.env);
const PAGE_DIR = join(import.meta.dirname, '..', 'renderer');
const PRELOAD = join(import.meta.dirname, '..', 'preload', 'index.cjs');

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Where this run's data and the window's profile lie. */
interface Folders {
  readonly dataDir: string;
  readonly profileDir: string;
}

function foldersFor(wanted: ConsoleArguments): Folders {
  if (wanted.demo) {
    const root = mkdtempSync(join(tmpdir(), DEMO_PREFIX));
    return { dataDir: join(root, 'data'), profileDir: wanted.profileDir ?? join(root, 'window') };
  }
  const usual = defaultDataDir(process.env);
  const dataDir = resolve(wanted.dataDir ?? usual);
  const profileDir = wanted.profileDir ?? profileFolder(app.getPath('appData'), dataDir, usual);
  return { dataDir, profileDir: resolve(profileDir) };
}

/** AppImage and deb replace themselves; anything else is updated by whoever installed it. */
function updaterFor(station: () => Station): Updater {
  const fromSource = !app.isPackaged && process.env['SILVASONIC_UPDATE_FROM_SOURCE'] === '1';
  const replaceable =
    app.isPackaged &&
    (process.env['APPIMAGE'] !== undefined ||
      existsSync(join(process.resourcesPath, 'package-type')));
  if (!fromSource && !replaceable) return unsupportedUpdater(installation.version);
  return new FeedUpdater({
    currentVersion: installation.version,
    settings: () => station().settings.get().updates,
    openReader: () => openFeedReader(fromSource),
    logger: () => station().logger.forService('shell'),
  });
}

async function open(
  dataDir: string,
  demo: boolean,
  newStation: boolean,
  dialogs: FileDialogs,
): Promise<Station> {
  if (demo) await endAbandonedDemos(tmpdir(), isAttended, systemClock);
  let station: Station | null = null;
  const updater = updaterFor(() => {
    if (station === null) throw new Error('The station is not open yet.');
    return station;
  });
  station = await openStation({
    ...installation,
    dataDir,
    shell: 'window',
    demo,
    updater,
    newStation,
    dialogs,
    secretEnvironment,
    openAddress: openLogin,
    ...(demo
      ? { simulate: 1 }
      : { knownStations: new KnownStations(knownStationsFile(process.env)) }),
  });
  return station;
}

/** Runs the console until it is asked to stop. Rejects when it does not come up. */
async function run(wanted: ConsoleArguments, folders: Folders): Promise<void> {
  let window: BrowserWindow | null = null;
  app.on('second-instance', () => {
    if (window !== null && !window.isDestroyed()) bringToFront(window);
  });
  // The window is one way to look at the station; its end is handled below.
  app.on('window-all-closed', () => undefined);

  let kiosk = wanted.kiosk;
  const dialogs = new ElectronFileDialogs<BrowserWindow>({
    window: () => window,
    kiosk: () => kiosk,
    show: (parent, options) => dialog.showOpenDialog(parent, options),
  });
  const opening = open(folders.dataDir, wanted.demo, wanted.newStation, dialogs);
  opening.catch(() => undefined); // awaited below; it may fail before the app is ready
  await app.whenReady();
  const station = await opening;
  const logger = station.logger.forService('shell');

  let disconnectPages = (): void => undefined;
  let started = Promise.resolve();
  let captures: 'end' | 'hand_over' = 'end';
  const shutdown = new Shutdown({
    async stop() {
      logger.info(
        'console.stopping',
        captures === 'end'
          ? 'The console stops: captures end and their files are closed.'
          : 'The console stops: captures run on for the next one.',
      );
      disconnectPages();
      if (window !== null && !window.isDestroyed()) window.hide();
      await started.catch(() => undefined); // what is half started cannot be stopped
      await station.stop(captures);
    },
    exit: (code) => {
      app.exit(code);
    },
    onTrouble: (reason) => {
      complain(`The station did not stop cleanly: ${reason}.`);
    },
  });
  endCleanly(shutdown);
  process.on('SIGUSR2', () => {
    captures = 'hand_over';
    shutdown.begin();
  });
  const openAnew = (): void => {
    // What was opened on the disk is lost; a new process opens it anew.
    captures = 'hand_over';
    app.relaunch();
    shutdown.begin();
  };
  station.bus.once('data_disk.replaced', openAnew);
  station.bus.once('database.damaged', openAnew);
  process.on('uncaughtException', (error) => {
    // Nobody asked for an end: what records goes on recording until the next console adopts it.
    captures = 'hand_over';
    complain(`The console failed and stops: ${error.message}`);
    logger.error('console.failed', 'The console failed and stops.', { error: error.stack });
    shutdown.begin(1);
  });
  process.on('unhandledRejection', (reason) => {
    const error = reason instanceof Error ? (reason.stack ?? reason.message) : String(reason);
    logger.error('console.rejection', 'Something failed that nobody waited for.', { error });
  });

  lockContents(logger);
  const settings = station.settings.get();
  kiosk ||= settings.display.kiosk;
  lockSession(session.defaultSession, logger, kiosk);
  serveSchemes(session.defaultSession, PAGE_DIR, {
    recording: (id, stream) => station.mediaFile(id, stream),
    asset: (id, kind) => station.assetFile(id, kind),
  });
  let page: WebContents | null = null;
  const ports = acceptPage(
    (contents) => contents === page,
    (port) => {
      servePort(station, port);
    },
    logger,
  );
  disconnectPages = () => {
    ports.disconnectAll();
  };
  app.on('child-process-gone', (_event, details) => {
    if (details.reason === 'clean-exit') return;
    logger.warn(
      'helper.crashed',
      'A helper process of the window ended; Chromium starts it again.',
      {
        type: details.type,
        reason: details.reason,
      },
    );
  });

  // Recording comes first; the page connects while the services start.
  started = station.start();
  const { theme } = settings.display;
  window = openWindow({
    kiosk,
    dark: theme === 'auto' ? nativeTheme.shouldUseDarkColors : theme === 'dark',
    title: app.name,
    preload: PRELOAD,
    devTools: !app.isPackaged,
    logger,
  });
  page = window.webContents;
  disconnectWhenGone(ports, page);
  // Closing the window stops the station: the console is one program, and what is closed should not go on
  // unseen. Minimising it keeps recording.
  window.on('close', (event) => {
    event.preventDefault();
    shutdown.begin();
  });
  try {
    await started;
  } catch (error) {
    complain(bootSentence(error));
    shutdown.begin(1);
    return;
  }
  say(
    wanted.demo
      ? `Demo: a simulated microphone records to ${folders.dataDir}, which stays when the console is closed.`
      : `The console is running; its data folder is ${folders.dataDir}.`,
  );
}

/** Every way to be asked to stop. Electron's own handlers are in place by now, so that these come after them. */
function endCleanly(shutdown: Shutdown): void {
  for (const signal of SIGNALS) {
    process.on(signal, () => {
      shutdown.signal();
    });
  }
  app.on('before-quit', (event) => {
    event.preventDefault();
    shutdown.begin();
  });
  powerMonitor.on('shutdown', () => {
    shutdown.begin();
  });
}

async function giveUp(error: unknown, kiosk: boolean): Promise<void> {
  const sentence = bootSentence(error);
  complain(sentence);
  if (app.isReady() && needsDialog(standardError(), kiosk)) {
    const answered = dialog.showMessageBox({
      type: 'error',
      title: app.name,
      message: sentence,
      buttons: ['OK'],
    });
    await Promise.race([
      answered,
      new Promise((done) => {
        setTimeout(done, DIALOG_BOUND_MS);
      }),
    ]);
  }
  app.exit(1);
}

function launch(): void {
  // Whoever reads what we say may leave first (`… | head`); that is no reason to stop recording.
  process.stdout.on('error', () => undefined);
  process.stderr.on('error', () => undefined);

  const parsed = parseArguments(ownArguments(process.argv, process.defaultApp));
  if (parsed.kind === 'wrong') {
    complain(parsed.sentence);
    app.exit(2);
    return;
  }
  if (parsed.kind !== 'run') {
    say(parsed.kind === 'help' ? USAGE.trimEnd() : installation.version);
    app.exit(0);
    return;
  }
  const wanted = parsed.arguments;
  const failed = (error: unknown): void => {
    void giveUp(error, wanted.kiosk);
  };
  try {
    const folders = foldersFor(wanted);
    mkdirSync(folders.profileDir, { recursive: true });
    app.setPath('userData', folders.profileDir);
    if (!app.requestSingleInstanceLock()) {
      say(
        `The console is already running on ${folders.dataDir}; its window was brought to the front.`,
      );
      app.exit(0);
      return;
    }
    // It would overrule the switch, without which root cannot open a window at all.
    if (!app.commandLine.hasSwitch('no-sandbox')) app.enableSandbox();
    // The station keeps its credentials in the keyring itself; Chromium has none to keep there.
    app.commandLine.appendSwitch('password-store', 'basic');
    registerSchemes();
    run(wanted, folders).catch(failed);
  } catch (error) {
    failed(error);
  }
}

launch();
