import { constants } from 'node:fs';
import { access, mkdir, open, rm, stat } from 'node:fs/promises';
import { homedir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { StationError } from './station-error';

/** Where everything lies below a data folder. The folder is the station: copy it and you have it all. */
export interface DataFolder {
  readonly root: string;
  readonly databaseFile: string;
  readonly backupDir: string;
  readonly lockFile: string;
  readonly runtimeFile: string;
  /** Signs certificates. */
  readonly stationKeyFile: string;
  /** Credentials that the keyring does not take, locked with a key that lies elsewhere. */
  readonly vaultFile: string;
  /** What is about to be deleted, until the database knows. */
  readonly deletionJournal: string;
  readonly recorderDir: string;
  readonly logDir: string;
  /** What is encoded for the cloud, until it is sent; nothing in it is worth keeping. */
  readonly encodingDir: string;
  /** What comes back from the cloud, until it has its place; nothing in it is worth keeping. */
  readonly fetchingDir: string;
}

/** Lies in every data folder: where it is missing, the disk that should be there is not. */
export const MARKER_NAME = '.silvasonic-station';

export function dataFolderAt(path: string): DataFolder {
  const root = resolve(path);
  return {
    root,
    databaseFile: join(root, 'station.db'),
    backupDir: join(root, 'backups'),
    lockFile: join(root, 'station.lock'),
    runtimeFile: join(root, 'console.json'),
    stationKeyFile: join(root, 'station-key.pem'),
    vaultFile: join(root, 'vault.json'),
    deletionJournal: join(root, 'deletions.journal'),
    recorderDir: join(root, 'recorder'),
    logDir: join(root, 'logs'),
    encodingDir: join(root, 'encoding'),
    fetchingDir: join(root, 'fetching'),
  };
}

/** What `SILVASONIC_DATA` says; an empty one says nothing. */
export function chosenDataDir(env: NodeJS.ProcessEnv): string | undefined {
  const chosen = env['SILVASONIC_DATA'];
  return chosen === '' ? undefined : chosen;
}

/** `SILVASONIC_DATA`, else the XDG data home. */
export function defaultDataDir(env: NodeJS.ProcessEnv): string {
  const chosen = chosenDataDir(env);
  if (chosen !== undefined) return chosen;
  const xdg = env['XDG_DATA_HOME'];
  return join(
    xdg !== undefined && xdg.startsWith('/') ? xdg : join(homedir(), '.local', 'share'),
    'silvasonic',
  );
}

/** Does a station live here (whatever its state)? */
export async function holdsStation(folder: DataFolder): Promise<boolean> {
  return access(folder.databaseFile, constants.F_OK).then(
    () => true,
    () => false,
  );
}

/**
 * Makes sure that the folder exists and can be written, before anything else is touched.
 * @throws StationError DATA_FOLDER_INVALID (a file is in the way), DATA_FOLDER_UNWRITABLE
 */
export async function prepareDataFolder(folder: DataFolder): Promise<void> {
  const { root } = folder;
  try {
    await makeFolders(root);
    if (!(await stat(root)).isDirectory()) throw notAFolder(root);
    const probe = join(root, `.write-probe-${String(process.pid)}`);
    const handle = await open(probe, 'w');
    await handle.close();
    await rm(probe);
    await mkdir(folder.recorderDir, { recursive: true });
    await mkdir(folder.logDir, { recursive: true });
  } catch (error) {
    if (error instanceof StationError) throw error;
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
    if (code === 'EEXIST' || code === 'ENOTDIR') throw notAFolder(root);
    throw new StationError(
      'DATA_FOLDER_UNWRITABLE',
      `The data folder ${root} cannot be written: ${describe(code)}. Choose another one with --data.`,
      { cause: error },
    );
  }
}

/**
 * Makes a folder and what is missing above it. Not Node's recursive `mkdir`: where the file system says "no
 * such entry" below a folder that is there (a read-only disk, /proc), that one tells the wrong cause or never
 * returns.
 */
async function makeFolders(path: string): Promise<void> {
  try {
    await mkdir(path);
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : '';
    if (code === 'EEXIST') return;
    const parent = dirname(path);
    const above = await stat(parent).then(
      () => true,
      () => false,
    );
    if (code !== 'ENOENT' || above || parent === path) throw error;
    await makeFolders(parent);
    await mkdir(path);
  }
}

function notAFolder(root: string): StationError {
  return new StationError(
    'DATA_FOLDER_INVALID',
    `The data folder ${root} is not a folder: a file is in the way. Choose another one with --data.`,
  );
}

function describe(code: string): string {
  const words: Record<string, string> = {
    EROFS: 'the disk is mounted read-only',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    ENOSPC: 'the disk is full',
    EIO: 'the disk reports an error',
    ENOENT: 'a folder cannot be made there',
  };
  return words[code] ?? code;
}
