import { sep } from 'node:path';
import type { Stream } from '@shared/model/recording';
import type { PromotedSegment } from '../events/promoted-segment';
import { parseSegmentName, type SegmentName } from '../files/segment-name';
import { foldersOf } from './file-place';
import type { FoundRecording } from './found-file';
import { type Head, HeadReader } from './head-reader';
import { type Measured, measureFiles, measureHeads } from './measure';
import type { RefusedFiles } from './refused-files';
import { STREAMS } from './sweep';

/** What a run remembers of one of its segments; the recorder's ledger, as the indexer needs it. */
export interface SegmentFacts {
  readonly startWallMs: number;
  readonly firstFrame: number;
  readonly clockSynced: boolean | null;
  readonly recovered?: boolean;
}

/** Who a workspace belongs to. */
export interface WorkspaceOwner {
  readonly device: string;
  readonly simulated: boolean;
}

/** What was read of the files of one name. */
export interface ReadFile {
  /** null: the name is none of ours. */
  readonly parsed: SegmentName | null;
  readonly heads: Readonly<Record<Stream, Head>>;
  /** What the run knows of it; null where the name tells no run. */
  readonly facts: Promise<SegmentFacts | null> | null;
}

export interface SegmentReaderOptions {
  readonly recorderDir: string;
  readonly headWorkerUrl: URL;
  /** The device whose workspace this is, made anew from the run files if the database forgot it. */
  readonly ownerOf: (workspace: string) => Promise<WorkspaceOwner | null>;
  readonly segmentFacts: (
    workspace: string,
    runId: string,
    sequence: number,
  ) => Promise<SegmentFacts | null>;
}

/** Tells of promoted files what their rows are to hold: by their names, their headers and what their runs remember. */
export class SegmentReader {
  readonly #options: SegmentReaderOptions;
  readonly #refused: RefusedFiles;
  readonly #heads: HeadReader;

  constructor(options: SegmentReaderOptions, refused: RefusedFiles) {
    this.#options = options;
    this.#refused = refused;
    this.#heads = new HeadReader(options.headWorkerUrl);
  }

  close(): Promise<void> {
    return this.#heads.close();
  }

  /** How the files of these names begin, in both streams, and what their runs remember of them. */
  async read(workspace: string, names: readonly string[]): Promise<ReadonlyMap<string, ReadFile>> {
    const { recorderDir, segmentFacts } = this.#options;
    const folders = foldersOf(recorderDir, workspace);
    const paths = names.flatMap((name) =>
      STREAMS.map((stream) => folders[stream].path + sep + name),
    );
    const heads = await this.#heads.read(paths);
    const files = new Map<string, ReadFile>();
    for (const [i, name] of names.entries()) {
      const parsed = parseSegmentName(name);
      const head = (n: number, stream: Stream): Head =>
        this.#refused.has(workspace, stream, name) ? null : (heads[2 * i + n] ?? null);
      const facts = parsed === null ? null : segmentFacts(workspace, parsed.runId, parsed.sequence);
      facts?.catch(() => undefined); // thrown where it is waited for
      const both = { raw: head(0, 'raw'), processed: head(1, 'processed') };
      files.set(name, { parsed, heads: both, facts });
    }
    return files;
  }

  /**
   * By what was read of them.
   * @returns null for what is not to be registered; why is reported
   * @throws whatever looking up what the run remembers throws
   */
  async found(
    workspace: string,
    name: string,
    owner: WorkspaceOwner | null,
    { parsed, heads, facts }: ReadFile,
  ): Promise<FoundRecording | null> {
    const streams = STREAMS.filter((stream) => heads[stream] !== null);
    const folders = foldersOf(this.#options.recorderDir, workspace);
    return this.#describe({ workspace, name, owner, streams, parsed, facts }, () =>
      measureHeads(folders, name, heads),
    );
  }

  /** The same of one that somebody told of. */
  async promoted(segment: PromotedSegment): Promise<FoundRecording | null> {
    const { recorderDir, ownerOf } = this.#options;
    const { workspace, fileName: name, startWallMs, firstFrame, clockSynced, recovered } = segment;
    const streams = STREAMS.filter((stream) => segment.streams[stream]);
    const owner = await ownerOf(workspace);
    const parsed = parseSegmentName(name);
    const folders = foldersOf(recorderDir, workspace);
    const facts = Promise.resolve({ startWallMs, firstFrame, clockSynced, recovered });
    return this.#describe({ workspace, name, owner, streams, parsed, facts }, () =>
      measureFiles(folders, name, streams),
    );
  }

  async #describe(
    { workspace, name, owner, streams, parsed, facts }: Described,
    measure: () => Promise<Measured>,
  ): Promise<FoundRecording | null> {
    if (parsed === null || owner === null) {
      const text =
        parsed === null ? 'its name is not one of ours' : 'its folder belongs to no known device';
      // Whose a folder is may be found out yet, as when a run that lost its record is salvaged.
      const lasting = parsed === null;
      const problems = streams.map((stream) => ({ stream, text, lasting }));
      this.#refused.report(workspace, name, problems);
      return null;
    }
    const { files, problems } = await measure();
    if (problems.length > 0) this.#refused.report(workspace, name, problems);
    if (files.raw === undefined && files.processed === undefined) return null;
    const told = await facts;
    // What a run wrote down was on a disk that may have failed since: the name tells the time, too.
    const exact = told !== null && isInstant(told.startWallMs) ? told : null;
    return {
      device: owner.device,
      timeMs: exact?.startWallMs ?? parsed.startMs,
      runId: parsed.runId,
      sequence: parsed.sequence,
      firstFrame:
        exact !== null && Number.isSafeInteger(exact.firstFrame) ? exact.firstFrame : null,
      clockSynced: exact?.clockSynced ?? null,
      recovered: exact?.recovered ?? false,
      simulated: owner.simulated,
      files,
    };
  }
}

interface Described extends Pick<ReadFile, 'parsed' | 'facts'> {
  readonly workspace: string;
  readonly name: string;
  readonly owner: WorkspaceOwner | null;
  readonly streams: readonly Stream[];
}

function isInstant(utcMs: unknown): boolean {
  return typeof utcMs === 'number' && !Number.isNaN(new Date(utcMs).getTime());
}
