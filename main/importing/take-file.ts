import { randomUUID } from 'node:crypto';
import { readdirSync, rmSync, statfsSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { messageOf } from '../error-message';
import { codesOf } from '../files/error-code';
import { SourceChangedError } from '../wav/stored-bytes';
import { type KeepableSound, surveySound } from '../wav/survey';
import { captureTime } from './capture-time';
import { copySound, CopyError, type CopyTools, hashSource } from './copy-sound';
import type { Taken, TakenFile, TakeRequest } from './import-orders';
import { type DiskRoom, judgeRoom } from './import-room';
import { importedDevice } from './imported-device';
import { SourceFile } from './source-file';
import { nameOf, pathBytes } from './source-path';
import { troubleInWords } from './trouble-in-words';

/** Where copies lie until they get their place. */
export function incomingFolder(dataRoot: string): string {
  return join(dataRoot, 'imported', '.incoming');
}

/** Looks into a file and copies it if it is sound, with all that can be told of it. Throws nothing. */
export async function takeFile(
  request: TakeRequest,
  dataRoot: string,
  tools: CopyTools,
): Promise<Taken> {
  let source: SourceFile | null = null;
  try {
    source = new SourceFile(request.path);
    return await takeOpen(source, request, dataRoot, tools);
  } catch (error) {
    if (tools.signal.aborted) return { kind: 'stopped' };
    return troubleWith(error, request, dataRoot);
  } finally {
    source?.close();
  }
}

async function takeOpen(
  source: SourceFile,
  request: TakeRequest,
  dataRoot: string,
  tools: CopyTools,
): Promise<Taken> {
  const before = source.facts();
  if (!before.isFile()) return { kind: 'refused', detail: 'not a file any more' };
  if (request.onlyHash) {
    const { signal, onProgress } = tools;
    return { kind: 'hashed', sourceSha256: await hashSource(source, signal, onProgress) };
  }
  const survey = await surveySound(source);
  if (survey.kind === 'refused') return { kind: 'refused', detail: survey.note };
  const wanted = { copyBytes: survey.stored.fileBytes, sourceBytes: before.size };
  const room = judgeRoom(wanted, roomOn(dataRoot), request.kept);
  if (room.kind === 'wait') return { kind: 'halted', why: 'no_room', detail: room.detail };
  if (room.kind === 'too_large') return { kind: 'failed', detail: room.detail };
  const copy = join(incomingFolder(dataRoot), `${randomUUID()}.wav`);
  let isTaken = false;
  try {
    const digest = await copySound(source, survey, copy, tools);
    const sourceSha256 =
      survey.kind === 'whole' ? digest.sha256 : await hashSource(source, tools.signal);
    const after = source.facts();
    // What a recorder still writes is taken when it is done.
    isTaken = after.size === before.size && after.mtimeMs === before.mtimeMs;
    if (!isTaken) return { kind: 'failed', detail: 'it was changed while it was copied' };
    const { size: sourceSizeBytes, mtimeMs } = after;
    const ofSource = { sourceSizeBytes, sourceModifiedMs: Math.round(mtimeMs), sourceSha256 };
    return { kind: 'copied', copy, ...ofSource, ...digest, ...toldOf(survey, request, mtimeMs) };
  } finally {
    if (!isTaken) rmSync(copy, { force: true });
  }
}

function toldOf(
  survey: KeepableSound,
  { path, timezone, latestMs }: TakeRequest,
  modifiedMs: number,
): Pick<
  TakenFile,
  | 'sampleRateHz'
  | 'channels'
  | 'bitsPerSample'
  | 'frames'
  | 'time'
  | 'device'
  | 'simulated'
  | 'recovered'
  | 'changes'
> {
  const { facts, stored, metadata, note, kind } = survey;
  const { sampleRateHz, channels, bitsPerSample, frameBytes } = facts;
  const fileName = nameOf(path);
  const frames = stored.audio.bytes / frameBytes;
  const durationS = frames / sampleRateHz;
  return {
    sampleRateHz,
    channels,
    bitsPerSample,
    frames,
    time: captureTime({ metadata, fileName, modifiedMs, durationS, timezone, latestMs }),
    device: importedDevice(metadata, fileName),
    simulated: metadata.guano?.get('Silvasonic|Simulated') === 'yes',
    recovered: kind === 'repairable',
    changes: note,
  };
}

function troubleWith(error: unknown, request: TakeRequest, dataRoot: string): Taken {
  if (error instanceof SourceChangedError) return { kind: 'failed', detail: error.message };
  if (error instanceof CopyError) {
    const codes = codesOf(error);
    const isFull = codes.includes('ENOSPC') || codes.includes('EDQUOT');
    return isFull
      ? { kind: 'halted', why: 'no_room', detail: 'The data disk is full.' }
      : {
          kind: 'halted',
          why: 'data_disk',
          detail: `Nothing can be written to ${dataRoot}: ${messageOf(error.cause)}.`,
        };
  }
  if (isGone(request.source)) {
    const detail = `${request.source} is not there any more: was its disk taken out?`;
    return { kind: 'halted', why: 'source_gone', detail };
  }
  return { kind: 'failed', detail: troubleInWords(error) };
}

/** Is all of a source away? A place where nothing is mounted any more is an empty folder. */
function isGone(source: string): boolean {
  const path = pathBytes(source);
  try {
    if (!statSync(path).isDirectory()) return false;
    return readdirSync(path).length === 0;
  } catch {
    const above = dirname(path.toString('utf8'));
    return isGoneFolder(above);
  }
}

function isGoneFolder(path: string): boolean {
  try {
    return readdirSync(path).length === 0;
  } catch {
    return true;
  }
}

function roomOn(folder: string): DiskRoom {
  const { bavail, bfree, bsize, blocks, files, ffree } = statfsSync(folder);
  return {
    freeBytes: bavail * bsize,
    totalBytes: (blocks - bfree + bavail) * bsize,
    freeInodes: files === 0 ? null : ffree,
  };
}
