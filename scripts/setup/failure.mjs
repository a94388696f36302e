// @ts-check

/** A failure that was foreseen: its message is one plain sentence for a person, shown without a stack trace. */
export class SetupFailure extends Error {
  /** @param {string} sentence */
  constructor(sentence) {
    super(sentence);
    this.name = 'SetupFailure';
  }
}

/**
 * The reason inside anything that was thrown, on one line.
 * @param {unknown} error
 * @returns {string}
 */
export function reason(error) {
  const text = error instanceof Error ? error.message : String(error);
  return text.trim().split('\n')[0] ?? 'unknown reason';
}
