import { messageOf } from '../error-message';
import type { Clock } from '../clock/clock';
import { removeFiles } from '../files/remove-files';
import type { Logger } from '../logging/logger';
import type { DeletionJournal, JournalEntry } from './deletion-journal';
import { explainBlindly } from './explanation';
import type { Sentence } from './removal';
import { oldestFiles } from './oldest-files';

export interface BlindOptions {
  readonly clock: Clock;
  readonly logger: Logger;
  readonly dataRoot: string;
  readonly journal: DeletionJournal;
  readonly diskIsThere: () => Promise<boolean>;
  /** Does work while no file is renamed and no row is made. */
  readonly alone: (work: () => Promise<void>) => Promise<void>;
}

/** So many files are looked for at once, and removed in parts. */
const AT_ONCE = 500;
const SLICE = 50;

/** The oldest files go, while the database cannot be asked and nothing else keeps the recorders recording. */
export class BlindRemoval {
  readonly #options: BlindOptions;

  constructor(options: BlindOptions) {
    this.#options = options;
  }

  /**
   * @param wants looked at after each part: does the disk still demand it?
   * @throws Node's errors
   */
  async run(
    wants: () => Promise<boolean>,
    sentence: Pick<Sentence, 'usage' | 'thresholds'>,
  ): Promise<{ recordings: number; bytes: number }> {
    const { dataRoot, clock, logger, journal, diskIsThere, alone } = this.#options;
    let [recordings, bytes] = [0, 0];
    const pairs = await oldestFiles(dataRoot, AT_ONCE, clock.wallMs());
    for (let at = 0; at < pairs.length && (await wants()); at += SLICE) {
      await alone(async () => {
        if (!(await diskIsThere())) throw new Error('the data disk is not there');
        const entries = pairs.slice(at, at + SLICE).map((pair): JournalEntry => ({
          atMs: clock.wallMs(),
          mode: 'panic',
          reason: 'disk_space',
          safe: null,
          explanation: explainBlindly(sentence),
          paths: [...pair.paths],
          bytes: pair.bytes,
        }));
        await journal.add(entries).catch((error: unknown) => {
          logger.warn('janitor.journal_failed', 'Deletions could not be noted beforehand.', {
            error: messageOf(error),
          });
        });
        const failures = await removeFiles(
          dataRoot,
          entries.flatMap(({ paths }) => paths),
          { links: 'leave' },
        );
        const gone = entries.filter(({ paths }) => paths.every((path) => !failures.has(path)));
        recordings += gone.length;
        bytes += gone.reduce((sum, entry) => sum + entry.bytes, 0);
      });
    }
    return { recordings, bytes };
  }
}
