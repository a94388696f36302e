import type { Alert } from '@shared/model/station';
import type { ImportTroubles } from './import-journal';

/** Where an import's alerts go. */
export interface ImportAlertSink {
  raise(code: string, level: 'warning', evidence: string, subject: string): void;
  clear(code: string, subject: string): void;
  open(): readonly Pick<Alert, 'code' | 'subject'>[];
}

const FAILED = 'import.failed';
const WAITING = 'import.waiting';
const INCOMPLETE = 'import.incomplete';
const SUBJECT = /^Import (?<id>\d+)$/;

/**
 * Tells people who are not looking that an import did not take everything: cards are emptied once they were imported.
 * What could not go on is told until it goes on or is given up, a report until somebody has opened it.
 */
export class ImportAlerts {
  readonly #sink: ImportAlertSink;

  constructor(sink: ImportAlertSink) {
    this.#sink = sink;
  }

  /** An import could not go on. */
  failed(id: number, sources: readonly string[], problem: string): void {
    this.#sink.raise(FAILED, 'warning', `${sources.join(', ')}: ${problem}`, subjectOf(id));
  }

  /** It waits for the data disk, and goes on by itself. */
  waiting(id: number, sources: readonly string[], problem: string): void {
    this.#sink.raise(WAITING, 'warning', `${sources.join(', ')}: ${problem}`, subjectOf(id));
  }

  /** It waits no longer. */
  goesOn(id: number): void {
    this.#sink.clear(WAITING, subjectOf(id));
  }

  /** It came to its end, and these sounds were left out. */
  incomplete(id: number, { unreadable, unusable, first }: ImportTroubles): void {
    const counts = [
      unreadable === 0 ? '' : `${String(unreadable)} could not be read`,
      unusable === 0 ? '' : `${String(unusable)} cannot be used`,
    ];
    const words = counts.filter((one) => one !== '').join(', ');
    const evidence = `Of its files that are sound by their names, ${words}; first: ${first}`;
    this.#sink.raise(INCOMPLETE, 'warning', evidence, subjectOf(id));
  }

  /** It goes on, or nobody wants it any more. */
  over(id: number): void {
    this.#sink.clear(FAILED, subjectOf(id));
    this.goesOn(id);
    this.seen(id);
  }

  /** Somebody has opened its report. */
  seen(id: number): void {
    this.#sink.clear(INCOMPLETE, subjectOf(id));
  }

  /** Imports that an alert is open about. */
  told(): number[] {
    const ids = this.#sink
      .open()
      .filter(({ code }) => code === FAILED || code === WAITING || code === INCOMPLETE)
      .map(({ subject }) => Number(SUBJECT.exec(subject ?? '')?.groups?.['id'] ?? 0));
    return [...new Set(ids)].filter((id) => id > 0);
  }
}

function subjectOf(id: number): string {
  return `Import ${String(id)}`;
}
