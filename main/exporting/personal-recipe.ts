import { basename, extname, join } from 'node:path';
import type { Recording } from '@shared/model/recording';
import type { LineFile } from './line-file';
import { type Recipe, type RecipeParts, soundFiles } from './recipe';
import { RECORDINGS_HEADING, recordingLine } from './recordings-table';
import type { SoundFiles } from './sound-files';
import { SourceError } from './source-error';

interface Files {
  readonly table: LineFile;
  readonly records: LineFile;
}

const README = `Everything that the station holds about these recordings.

recordings/        the sound, as it is
derived/           pictures and outlines that the station made of the sound
recordings.csv     one line per recording
records.jsonl      everything the database holds about each recording, one JSON object per line:
                   texts, tags, detections, copies on remotes, attempts to upload
traces.jsonl       what was written down elsewhere: deletions, where an import found a file, acts in the audit log
                   that name one of these recordings. An act that named recordings only by a filter, or only by how
                   many they were, is not among them.
remarks.csv        what could not be exported, and why (only where there is something to say)
SHA256SUMS         a hash of every file: sha256sum --check SHA256SUMS

Backups of the database (folder "backups" of the station) hold older states of the same.
`;

/** Everything that is held about some recordings, for a person who asked for it. */
export class PersonalRecipe implements Recipe {
  readonly #parts: RecipeParts;
  readonly #sounds: SoundFiles;
  readonly #files: Files;
  readonly #ids = new Set<number>();

  private constructor(parts: RecipeParts, files: Files) {
    this.#parts = parts;
    this.#sounds = soundFiles({ ...parts, streams: ['raw', 'processed'] }, 'recordings', false);
    this.#files = files;
  }

  static async open(parts: RecipeParts): Promise<PersonalRecipe> {
    const { bundle } = parts;
    const table = await bundle.openText('recordings.csv');
    await table.write(RECORDINGS_HEADING);
    const records = await bundle.openText('records.jsonl');
    return new PersonalRecipe(parts, { table, records });
  }

  async add(recording: Recording): Promise<void> {
    const { records } = this.#parts;
    this.#ids.add(recording.id);
    const exported = await this.#sounds.add(recording);
    await this.#files.table.write(recordingLine(recording, exported));
    const everything = { ...records.everything(recording.id), tags: recording.tags };
    await this.#files.records.write(`${JSON.stringify(everything)}\n`);
    for (const asset of records.derivedAssets(recording.id)) {
      await this.#addDerived(recording, asset);
    }
  }

  async finish(): Promise<void> {
    const { bundle, records } = this.#parts;
    await bundle.finishText(this.#files.table, 'recordings.csv');
    await bundle.finishText(this.#files.records, 'records.jsonl');
    const traces = await bundle.openText('traces.jsonl');
    for await (const trace of records.traces(this.#ids, bundle.signal)) {
      await traces.write(`${JSON.stringify(trace)}\n`);
    }
    await bundle.finishText(traces, 'traces.jsonl');
    await bundle.addText('README.txt', README);
  }

  async #addDerived(
    { id }: Recording,
    asset: {
      readonly id: number;
      readonly path: string;
      readonly kind: string;
      readonly createdAtMs: number;
    },
  ): Promise<void> {
    const { bundle, dataRoot } = this.#parts;
    const name = `${String(id)}-${asset.kind}${extname(basename(asset.path))}`;
    const source = {
      path: join(dataRoot, asset.path),
      sizeBytes: 0,
      modifiedMs: asset.createdAtMs,
    };
    try {
      await bundle.copy(source, `derived/${name}`);
    } catch (error) {
      // It can be made again at any time, and is removed when room is short.
      if (!(error instanceof SourceError)) throw error;
    }
  }
}
