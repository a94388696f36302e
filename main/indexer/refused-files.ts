import type { Stream } from '@shared/model/recording';
import type { Logger } from '../logging/logger';
import { fileKey } from './file-place';
import type { FileProblem } from './measure';

/** Files that are not taken up: each is told once, and one that will never be otherwise is not looked at again. */
export class RefusedFiles {
  readonly #logger: Logger;
  /** For good. */
  readonly #refused = new Set<string>();
  readonly #reported = new Set<string>();

  constructor(logger: Logger) {
    this.#logger = logger;
  }

  /** Of those that were refused for good. */
  get size(): number {
    return this.#refused.size;
  }

  has(workspace: string, stream: Stream, name: string): boolean {
    return this.#refused.size > 0 && this.#refused.has(fileKey(workspace, stream, name));
  }

  /** They are looked at again. */
  clear(): void {
    this.#refused.clear();
  }

  report(workspace: string, name: string, problems: readonly FileProblem[]): void {
    const news = problems.filter(
      ({ stream }) => !this.#reported.has(fileKey(workspace, stream, name)),
    );
    for (const { stream, lasting } of problems) {
      const key = fileKey(workspace, stream, name);
      this.#reported.add(key);
      if (lasting) this.#refused.add(key);
    }
    if (news.length === 0) return;
    this.#logger.warn('file.refused', 'A file in the data folder could not be indexed.', {
      workspace,
      file: name,
      problems: news.map(({ stream, text }) => `${stream}: ${text}`),
    });
  }
}
