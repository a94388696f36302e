import { dirname, join, posix } from 'node:path';
import type { Stream } from '@shared/model/recording';
import { formatSegmentName, parseSegmentName } from '../files/segment-name';
import { WavError } from '../wav/inspect';
import type { Disk } from './disk';
import type { Decision } from './retiming-journal';
import type { RunArchive, SegmentMemory } from './run-archive';
import type { Retimed, UnsyncedRecording } from './unsynced-recordings';

const STREAMS = ['raw', 'processed'] as const satisfies readonly Stream[];

export interface RetimingTools {
  readonly disk: Disk;
  readonly archive: RunArchive;
  readonly dataRoot: string;
  /**
   * Writes the time into a file's own metadata, if it has any.
   * @returns whether the file is another one now
   * @throws WavError when it is none; Node's errors when it cannot be written now
   */
  readonly restamp: (path: string, startMs: number) => Promise<boolean>;
}

/**
 * Gives the files of a recording their right time. In this order, so that a crash anywhere leaves what the next attempt
 * completes: the run's ledger is told the new name and time (durably: it is the plan), the files' own metadata are
 * rewritten, the files renamed; the row comes last and ends it. Safe to repeat; nothing is ever overwritten.
 * @param memory what the run's ledger says of it; null: nothing
 * @returns what the row is to say
 */
export async function retimeFiles(
  tools: RetimingTools,
  decision: Decision,
  recording: UnsyncedRecording,
  memory: SegmentMemory | null,
  nowMs: number,
): Promise<Retimed> {
  // An earlier attempt got this far: what it decided is kept to.
  const begun = memory?.clockSynced === true;
  const startWallMs = begun
    ? memory.startWallMs
    : (memory?.startWallMs ?? recording.timeMs) + decision.deltaMs;
  const timeMs = Math.round(startWallMs);
  const unchanged = {
    id: recording.id,
    timeMs,
    atMs: nowMs,
    paths: recording.paths,
    sizes: { raw: null, processed: null },
    changed: { raw: false, processed: false },
  };
  if (recording.localDeleted) return unchanged;
  const files = new Files(tools.disk, tools.dataRoot, recording.paths);
  const plan: SegmentMemory = {
    ...(memory ?? {
      sequence: recording.sequence,
      firstFrame: recording.firstFrame ?? Number.NaN,
      frames: recording.frames,
      sampleRateHz: recording.sampleRateHz,
    }),
    fileName: begun ? memory.fileName : await files.freeName(nameAt(files.name, startWallMs)),
    startWallMs,
    clockSynced: true,
  };
  if (!begun) {
    await tools.archive.remember(decision, plan);
  } else if (await files.isTaken(plan.fileName)) {
    // Somebody put another file there since.
    const fileName = await files.freeName(nameAt(files.name, startWallMs));
    await tools.archive.remember(decision, { ...plan, fileName });
    return finish(tools, files, unchanged, fileName, startWallMs, begun);
  }
  return finish(tools, files, unchanged, plan.fileName, startWallMs, begun);
}

async function finish(
  tools: RetimingTools,
  files: Files,
  row: Retimed,
  fileName: string,
  startWallMs: number,
  begun: boolean,
): Promise<Retimed> {
  const { disk, dataRoot } = tools;
  const paths = { ...row.paths };
  const sizes: Record<Stream, number | null> = { raw: null, processed: null };
  const changed = { raw: false, processed: false };
  // Before they are renamed: if this fails, the row still tells where its files are.
  for (const stream of STREAMS) {
    const path = await files.find(stream, fileName);
    if (path === null) continue;
    const stamped = await stamp(tools, join(dataRoot, path), startWallMs);
    // Whether the attempt that was cut short had stamped it already, nobody knows.
    changed[stream] = stamped || begun;
    sizes[stream] = await disk.sizeOf(join(dataRoot, path));
  }
  for (const stream of STREAMS) {
    const moved = await files.move(stream, fileName);
    if (moved !== null) paths[stream] = moved;
  }
  return { ...row, paths, sizes, changed };
}

async function stamp(tools: RetimingTools, path: string, startMs: number): Promise<boolean> {
  try {
    return await tools.restamp(path, startMs);
  } catch (error) {
    // It is no WAV file any more: it has no metadata to correct, and its row still is to tell the truth.
    if (error instanceof WavError) return false;
    throw error;
  }
}

/** The name of a file as it would be had it begun at another time; a name that is not ours stays. */
function nameAt(fileName: string, startMs: number): string {
  const parsed = parseSegmentName(fileName);
  if (parsed === null || parsed.startMs === Math.floor(startMs / 1000) * 1000) return fileName;
  return formatSegmentName({ ...parsed, startMs });
}

/** The files that a row names, by their paths relative to the data folder. */
class Files {
  readonly #disk: Disk;
  readonly #root: string;
  readonly #paths: UnsyncedRecording['paths'];

  constructor(disk: Disk, root: string, paths: UnsyncedRecording['paths']) {
    this.#disk = disk;
    this.#root = root;
    this.#paths = paths;
  }

  /** The name that both files have. */
  get name(): string {
    return posix.basename(this.#paths.raw ?? this.#paths.processed ?? '');
  }

  /** Nothing is ever overwritten: a name that another file has gets a suffix. */
  async freeName(wanted: string): Promise<string> {
    for (let n = 1; ; n += 1) {
      const name = n === 1 ? wanted : wanted.replace(/(?:\.\d+)?\.wav$/, `.${String(n)}.wav`);
      let taken = false;
      for (const path of Object.values(this.#paths)) {
        if (path === null || posix.basename(path) === name) continue;
        taken ||= await this.#disk.exists(join(this.#root, besides(path, name)));
      }
      if (!taken) return name;
    }
  }

  /** Would a move to this name meet another file? */
  async isTaken(name: string): Promise<boolean> {
    for (const path of Object.values(this.#paths)) {
      if (path === null || posix.basename(path) === name) continue;
      const both =
        (await this.#disk.exists(join(this.#root, path))) &&
        (await this.#disk.exists(join(this.#root, besides(path, name))));
      if (both) return true;
    }
    return false;
  }

  /** @returns where the file is, before its move or after; null: there is none of this kind, or it is missing */
  async find(stream: Stream, name: string): Promise<string | null> {
    const path = this.#paths[stream];
    if (path === null) return null;
    for (const candidate of [path, besides(path, name)]) {
      if (await this.#disk.exists(join(this.#root, candidate))) return candidate;
    }
    return null;
  }

  /** @returns the path that the file has now; null: there is none of this kind, or it is missing */
  async move(stream: Stream, name: string): Promise<string | null> {
    const from = this.#paths[stream];
    if (from === null) return null;
    const to = besides(from, name);
    const [source, target] = [join(this.#root, from), join(this.#root, to)];
    if (await this.#disk.exists(source)) {
      if (source === target) return to;
      await this.#disk.rename(source, target);
      await this.#disk.syncFolder(dirname(target));
      return to;
    }
    if (!(await this.#disk.exists(target))) return null;
    // Moved by an attempt that was cut short, perhaps before it was sure to last.
    await this.#disk.syncFolder(dirname(target));
    return to;
  }
}

/** The path of a file of this name in the same folder. */
function besides(path: string, name: string): string {
  return posix.join(posix.dirname(path), name);
}
