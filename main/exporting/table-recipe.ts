import type { Recording } from '@shared/model/recording';
import type { LineFile } from './line-file';
import type { Recipe, RecipeParts } from './recipe';
import { RECORDINGS_HEADING, recordingLine } from './recordings-table';
import type { SoundFiles } from './sound-files';

const TABLE = 'recordings.csv';

/** `recordings.csv`, with or without the sound: what is known of each recording in one line. */
export class TableRecipe implements Recipe {
  readonly #parts: RecipeParts;
  readonly #sounds: SoundFiles | null;
  readonly #table: LineFile;

  private constructor(parts: RecipeParts, sounds: SoundFiles | null, table: LineFile) {
    this.#parts = parts;
    this.#sounds = sounds;
    this.#table = table;
  }

  /** @param sounds null: the table only */
  static async open(parts: RecipeParts, sounds: SoundFiles | null): Promise<TableRecipe> {
    const table = await parts.bundle.openText(TABLE);
    await table.write(RECORDINGS_HEADING);
    return new TableRecipe(parts, sounds, table);
  }

  async add(recording: Recording): Promise<void> {
    const exported = (await this.#sounds?.add(recording)) ?? [];
    await this.#table.write(recordingLine(recording, exported));
  }

  async finish(): Promise<void> {
    await this.#parts.bundle.finishText(this.#table, TABLE);
  }
}
