import { readdir } from 'node:fs/promises';
import { orNothing } from '../files/absent';
import {
  type CommandLine,
  identifyProcess,
  isAlive,
  listCommandLines,
  type ProcessIdentity,
} from '../process/identity';
import { isCaptureOf } from './capture-command';
import { bufferedRuns } from './orphans';
import { listRunIds, readRun, runFolderAt, type RunRecord } from './run-files';
import { workspaceAt } from './workspace';
import { messageOf } from '../error-message';

/** What keeps us from acting upon a run. */
export interface Obstacle {
  readonly detail: string;
  /** It may be gone at the next look. */
  readonly passing: boolean;
}

/** A run whose end nobody has written down yet. */
export interface OpenRun {
  /** null: it was lost, and there are only the files; or there is an obstacle. */
  readonly record: RunRecord | null;
  /** Why nobody may act upon it although its record is there; null: nothing stands in the way. */
  readonly obstacle: Obstacle | null;
  /** Folder name below `<data>/recorder/`. */
  readonly workspace: string;
  readonly runId: string;
  /** Its process, if that still lives. */
  readonly process: ProcessIdentity | null;
}

/** What could be seen below `<data>/recorder/`. */
export interface RunSurvey {
  readonly open: readonly OpenRun[];
  /** By workspace: why not all of it could be seen. What is recorded there now is not known. */
  readonly unseen: ReadonlyMap<string, string>;
}

/** All command lines, asked for once at most: a look through /proc costs many files. */
type CommandLines = () => Promise<readonly CommandLine[]>;

/**
 * Runs that an earlier console left: some still record, of some there are only files.
 * @throws Node's errors when not even the workspaces can be listed
 */
export async function surveyRuns(recorderDir: string): Promise<RunSurvey> {
  const open: OpenRun[] = [];
  const unseen = new Map<string, string>();
  const commandLines = askedOnce();
  for (const name of (await orNothing(readdir(recorderDir))) ?? []) {
    try {
      const workspace = workspaceAt(recorderDir, name);
      const buffered = await bufferedRuns(workspace);
      for (const runId of new Set([...(await listRunIds(workspace.path)), ...buffered])) {
        try {
          const run = await look(recorderDir, name, runId, buffered.has(runId), commandLines);
          if (run !== null) open.push(run);
        } catch (error) {
          // One that cannot be seen hides none of the others.
          unseen.set(name, `run ${runId}: ${messageOf(error)}`);
        }
      }
    } catch (error) {
      unseen.set(name, messageOf(error));
    }
  }
  return { open, unseen };
}

/** Of `surveyRuns`, what could be seen. */
export async function findOpenRuns(recorderDir: string): Promise<readonly OpenRun[]> {
  return (await surveyRuns(recorderDir)).open;
}

/**
 * One run as it is now, or null when nothing of it is open any more.
 * @throws Node's errors when that cannot be told now
 */
export async function lookAtRun(
  recorderDir: string,
  workspace: string,
  runId: string,
): Promise<OpenRun | null> {
  const buffered = await bufferedRuns(workspaceAt(recorderDir, workspace));
  return look(recorderDir, workspace, runId, buffered.has(runId), askedOnce());
}

async function look(
  recorderDir: string,
  workspace: string,
  runId: string,
  buffered: boolean,
  commandLines: CommandLines,
): Promise<OpenRun | null> {
  const folder = runFolderAt(workspaceAt(recorderDir, workspace).path, runId);
  const byItsFiles = async (): Promise<ProcessIdentity | null> => {
    const found = (await commandLines()).find(({ args }) => isCaptureOf(runId, args));
    return found === undefined ? null : identifyProcess(found.pid);
  };
  let reading;
  try {
    reading = await readRun(folder);
  } catch (error) {
    const detail = `its record cannot be read now: ${messageOf(error)}`;
    const obstacle = { detail, passing: true };
    return { record: null, obstacle, workspace, runId, process: await byItsFiles() };
  }
  if (reading.state === 'newer') {
    const process = await byItsFiles();
    // Whether it has ended is not for us to say.
    if (process === null && !buffered) return null;
    const detail = `a newer console wrote its record (version ${String(reading.version)})`;
    const obstacle = { detail, passing: false };
    return { record: null, obstacle, workspace, runId, process };
  }
  if (reading.state !== 'known') {
    // Its record was lost; what it recorded was not.
    const process = await byItsFiles();
    if (process === null && !buffered) return null;
    return { record: null, obstacle: null, workspace, runId, process };
  }
  const { record } = reading;
  // One that was called ended has nothing left to keep, unless somebody put it back.
  if (record.ended !== null && !buffered) return null;
  // A console that died between starting a capture and writing down its number left a plan without one.
  const process = record.process ?? (await byItsFiles());
  const alive = process !== null && (await isAlive(process));
  return { record, obstacle: null, workspace, runId, process: alive ? process : null };
}

function askedOnce(): CommandLines {
  let asked: Promise<readonly CommandLine[]> | null = null;
  return () => (asked ??= listCommandLines());
}
