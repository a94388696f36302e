import { extname, join, sep } from 'node:path';
import type { Recording, RecordingFile, Stream } from '@shared/model/recording';
import { fitsFlac } from '../wav/flac-encoder';
import type { Bundle, Source } from './bundle';
import { copyPath } from './file-names';
import { SourceError } from './source-error';

/** What was made of one file of a recording. */
export interface ExportedFile {
  readonly stream: Stream;
  /** Relative to the bundle, `/`-separated. */
  readonly path: string;
  readonly mediaType: 'audio/wav' | 'audio/flac';
}

/** The disk with the recordings is away: nothing more can be read, and nothing more is to be said of each. */
export class DataDiskAwayError extends Error {
  constructor() {
    super('the data disk is away');
    this.name = 'DataDiskAwayError';
  }
}

export interface SoundFileParts {
  readonly bundle: Bundle;
  /** The data folder. */
  readonly dataRoot: string;
  readonly streams: readonly Stream[];
  readonly asFlac: boolean;
  /** The folder in the bundle that takes them. */
  readonly folder: string;
  /** As it is now: it may have been moved or deleted since it was selected. */
  readonly get: (id: number) => Recording | null;
  /** Is the disk with the recordings there, looked at now? */
  readonly diskIsThere: () => Promise<boolean>;
}

/** Puts recordings' files into a bundle, and remarks on those that cannot be put there. */
export class SoundFiles {
  readonly #parts: SoundFileParts;

  constructor(parts: SoundFileParts) {
    this.#parts = parts;
  }

  /**
   * @returns what was written; nothing: the recording was skipped, and a remark says why
   * @throws DataDiskAwayError; Node's errors when nothing can be written
   */
  async add(selected: Recording): Promise<ExportedFile[]> {
    const { streams, bundle } = this.#parts;
    const wanted = streams.filter((stream) => selected[stream] !== null);
    if (wanted.length === 0) return this.#skip(selected, `it has no ${streams.join(' or ')} file`);
    if (selected.localDeleted)
      return this.#skip(selected, 'its files are not on this station any more');
    const exported: ExportedFile[] = [];
    let obstacle = '';
    for (const stream of wanted) {
      try {
        exported.push(await this.#addStream(selected, stream));
      } catch (error) {
        if (!(error instanceof SourceError)) throw error;
        if (!(await this.#parts.diskIsThere())) throw new DataDiskAwayError();
        obstacle = `its ${stream} file cannot be read: ${inWords(error)}`;
        if (wanted.length > 1) {
          await bundle.remark({ kind: 'damaged', recordingId: selected.id, detail: obstacle });
        }
      }
    }
    return exported.length === 0 ? this.#skip(selected, obstacle) : exported;
  }

  async #skip({ id }: Recording, detail: string): Promise<ExportedFile[]> {
    await this.#parts.bundle.remark({ kind: 'skipped', recordingId: id, detail });
    return [];
  }

  async #addStream(selected: Recording, stream: Stream): Promise<ExportedFile> {
    const file = selected[stream];
    if (file === null) throw new SourceError(new Error('there is none'));
    try {
      return await this.#write(selected, stream, file);
    } catch (error) {
      // Its time may have been corrected meanwhile, and its file renamed.
      const now = error instanceof SourceError ? this.#parts.get(selected.id) : null;
      const moved = now?.[stream];
      if (now === null || moved === undefined || moved === null || moved.path === file.path)
        throw error;
      return await this.#write(now, stream, moved);
    }
  }

  async #write(recording: Recording, stream: Stream, file: RecordingFile): Promise<ExportedFile> {
    const { bundle, asFlac } = this.#parts;
    const startMs = Date.parse(recording.time);
    const source: Source = {
      path: this.#sourcePath(file.path),
      sizeBytes: file.sizeBytes,
      modifiedMs: startMs + recording.durationS * 1000,
    };
    const isFlac = extname(file.path).toLowerCase() === '.flac';
    const named = { id: recording.id, device: recording.device, timeMs: startMs };
    const place = (extension: string): string =>
      `${this.#parts.folder}/${copyPath(named, stream, extension)}`;
    if (asFlac && !isFlac) {
      const path = place('.flac');
      const encoded = fitsFlac(file.bitsPerSample)
        ? await bundle.encode(source, path)
        : { refused: `most readers of FLAC take no samples of ${String(file.bitsPerSample)} bits` };
      if ('sha256' in encoded) {
        await this.#compare(recording, stream, file, encoded.sha256);
        return { stream, path, mediaType: 'audio/flac' };
      }
      await this.#compare(recording, stream, file, await bundle.copy(source, place('.wav')));
      await bundle.remark({
        kind: 'kept_as_wav',
        recordingId: recording.id,
        detail: `its ${stream} file: ${encoded.refused}`,
      });
      return { stream, path: place('.wav'), mediaType: 'audio/wav' };
    }
    const path = place(isFlac ? '.flac' : '.wav');
    await this.#compare(recording, stream, file, await bundle.copy(source, path));
    return { stream, path, mediaType: isFlac ? 'audio/flac' : 'audio/wav' };
  }

  /** Is it what was recorded? If not, it is exported all the same, and said so. */
  async #compare(
    { id }: Recording,
    stream: Stream,
    file: RecordingFile,
    sha256: string,
  ): Promise<void> {
    const now = this.#parts.get(id)?.[stream] ?? null;
    // One whose time was corrected just now has another hash, and rightly so.
    const recorded = now?.path === file.path ? now.sha256 : null;
    if (recorded === null || recorded === sha256) return;
    const detail = `its ${stream} file is not what was recorded: sha256 ${sha256} instead of ${recorded}`;
    await this.#parts.bundle.remark({ kind: 'damaged', recordingId: id, detail });
  }

  /** A row must not lead out of the data folder, whoever wrote it. */
  #sourcePath(path: string): string {
    const { dataRoot } = this.#parts;
    const absolute = join(dataRoot, path);
    if (absolute.startsWith(dataRoot.endsWith(sep) ? dataRoot : dataRoot + sep)) return absolute;
    throw new SourceError(new Error('it lies outside the data folder'));
  }
}

function inWords({ code, message }: SourceError): string {
  const words: Readonly<Record<string, string>> = {
    ENOENT: 'it is missing',
    ENOTDIR: 'it is missing',
    EACCES: 'permission is denied',
    EPERM: 'permission is denied',
    EIO: 'the disk reports an error',
    EISDIR: 'it is a folder',
    ELOOP: 'it is a link',
  };
  return words[code] ?? message;
}
