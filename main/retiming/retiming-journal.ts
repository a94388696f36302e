import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import type { Disk } from './disk';
import type { RunKey } from './run-archive';
import { errorCode } from '../files/error-code';
import { messageOf } from '../error-message';

const decisionSchema = z.object({
  workspace: z.string(),
  runId: z.string(),
  device: z.string(),
  /** To be added to every time that was taken by the run's first anchor, milliseconds. */
  deltaMs: z.number(),
});
const journalSchema = z.object({ version: z.literal(1), runs: z.array(decisionSchema) });

/** By how much the times of a run are wrong: decided once, so that its segments still join when all is done. */
export type Decision = z.infer<typeof decisionSchema>;

/** The runs whose times are being corrected, durably: what a crash cut short is completed by the next console. */
export class RetimingJournal {
  readonly #file: string;
  readonly #disk: Disk;
  #decisions: readonly Decision[] = [];

  constructor(file: string, disk: Disk) {
    this.#file = file;
    this.#disk = disk;
  }

  get decisions(): readonly Decision[] {
    return this.#decisions;
  }

  has(key: RunKey): boolean {
    return this.#decisions.some((decision) => sameRun(decision, key));
  }

  /**
   * @returns what is wrong with a journal that cannot be understood, else null
   * @throws Node's errors when it cannot be read
   */
  async load(): Promise<string | null> {
    let text: string;
    try {
      text = await readFile(this.#file, 'utf8');
    } catch (error) {
      if (errorCode(error) === 'ENOENT') return null;
      throw error;
    }
    try {
      this.#decisions = journalSchema.parse(JSON.parse(text)).runs;
      return null;
    } catch (error) {
      return messageOf(error);
    }
  }

  /** Durable when it resolves. */
  async add(decisions: readonly Decision[]): Promise<void> {
    await this.#replace([...this.#decisions, ...decisions]);
  }

  async remove(key: RunKey): Promise<void> {
    await this.#replace(this.#decisions.filter((decision) => !sameRun(decision, key)));
  }

  async #replace(runs: readonly Decision[]): Promise<void> {
    await this.#disk.writeDurably(this.#file, `${JSON.stringify({ version: 1, runs })}\n`);
    this.#decisions = runs;
  }
}

function sameRun(a: RunKey, b: RunKey): boolean {
  return a.runId === b.runId && a.workspace === b.workspace;
}
