// @ts-check
import { stripVTControlCharacters } from 'node:util';

// Reads the reports of vitest and Playwright; pure, so that the sum at the end of `npm test` is itself tested.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */
/** @typedef {{ test: string, message: string }} Failure `test`: file and names; `message`: the start of what it said */

/** So much of a failure's message is repeated at the end: enough to know which, without its stack. */
const MESSAGE_LINES = 6;

/** @param {string | undefined} message */
const startOf = (message) =>
  stripVTControlCharacters(message ?? '')
    .split('\n')
    .filter((line) => !/^\s+at /.test(line))
    .slice(0, MESSAGE_LINES)
    .join('\n')
    .trim();

/**
 * @param {readonly Counts[]} parts
 * @returns {Counts}
 */
export function sumCounts(parts) {
  return parts.reduce(
    (sum, part) => ({
      passed: sum.passed + part.passed,
      failed: sum.failed + part.failed,
      skipped: sum.skipped + part.skipped,
    }),
    { passed: 0, failed: 0, skipped: 0 },
  );
}

/**
 * @param {Counts} counts
 * @returns {string} the last line of `npm test`
 */
export function summaryLine({ passed, failed, skipped }) {
  const rest = skipped > 0 ? `, ${String(skipped)} skipped` : '';
  return `${String(passed)} passed, ${String(failed)} failed${rest}`;
}

/**
 * @param {readonly Failure[]} failures
 * @returns {string[]} lines that repeat, after thousands of others, what failed
 */
export function failureLines(failures) {
  return failures.flatMap(({ test, message }) => [
    `  ✗ ${test}`,
    ...message.split('\n').flatMap((line) => (line === '' ? [] : [`      ${line}`])),
  ]);
}

/**
 * @typedef {object} VitestReport
 * @property {boolean} [success]
 * @property {{ name?: string, status?: string, message?: string, assertionResults?: { status?: string, fullName?: string, failureMessages?: string[] | null }[] }[]} [testResults]
 */

/**
 * @param {VitestReport} report
 * @returns {Counts} a file that could not be loaded counts as one failure
 */
export function vitestCounts({ testResults = [] }) {
  const counts = { passed: 0, failed: 0, skipped: 0 };
  for (const { status, assertionResults = [] } of testResults) {
    let failedHere = 0;
    for (const test of assertionResults) {
      if (test.status === 'passed') counts.passed += 1;
      else if (test.status === 'failed') failedHere += 1;
      else counts.skipped += 1;
    }
    if (status === 'failed' && failedHere === 0) failedHere = 1;
    counts.failed += failedHere;
  }
  return counts;
}

/**
 * @param {VitestReport} report
 * @returns {Failure[]}
 */
export function vitestFailures({ testResults = [] }) {
  return testResults.flatMap(({ name = '', status, message, assertionResults = [] }) => {
    const here = assertionResults.filter((test) => test.status === 'failed');
    if (here.length === 0) {
      return status === 'failed' ? [{ test: name, message: startOf(message) }] : [];
    }
    return here.map(({ fullName = '', failureMessages }) => ({
      test: `${name} › ${fullName}`,
      message: startOf(failureMessages?.[0]),
    }));
  });
}

/**
 * @typedef {object} PlaywrightSuite
 * @property {string} [title]
 * @property {PlaywrightSuite[]} [suites]
 * @property {{ title?: string, ok?: boolean, tests?: { status?: string, results?: { error?: { message?: string } }[] }[] }[]} [specs]
 */
/**
 * @typedef {object} PlaywrightReport
 * @property {{ expected?: number, unexpected?: number, flaky?: number, skipped?: number }} [stats]
 * @property {{ message?: string }[]} [errors] what went wrong outside any test
 * @property {PlaywrightSuite[]} [suites]
 */

/**
 * @param {PlaywrightReport} report
 * @returns {Failure[]} a test that passed only when repeated is one of them
 */
export function playwrightFailures({ suites = [], errors = [] }) {
  /**
   * @param {PlaywrightSuite} suite
   * @param {string} path
   * @returns {Failure[]}
   */
  const inSuite = (suite, path) => {
    const here = [path, suite.title ?? ''].filter((part) => part !== '').join(' › ');
    const failed = (suite.specs ?? []).flatMap(({ title = '', tests = [] }) =>
      tests
        .filter(({ status }) => status === 'unexpected' || status === 'flaky')
        .map(({ results = [] }) => ({
          test: `${here} › ${title}`,
          message: startOf(results.find(({ error }) => error !== undefined)?.error?.message),
        })),
    );
    return [...failed, ...(suite.suites ?? []).flatMap((inner) => inSuite(inner, here))];
  };
  return [
    ...suites.flatMap((suite) => inSuite(suite, '')),
    ...errors.map(({ message }) => ({ test: 'outside of any test', message: startOf(message) })),
  ];
}

/**
 * @param {PlaywrightReport} report
 * @returns {Counts} a test that passed only when repeated counts as failed
 */
export function playwrightCounts({ stats = {}, errors = [] }) {
  const { expected = 0, unexpected = 0, flaky = 0, skipped = 0 } = stats;
  return { passed: expected, failed: unexpected + flaky + errors.length, skipped };
}

/**
 * What a stage counts for, given what its runner reported and how it ended.
 * @param {{ counts: Counts | undefined, exitCode: number, mayBeEmpty: boolean }} ended `counts`: undefined when there is no report
 * @returns {{ counts: Counts, problem?: string }}
 */
export function judgeStage({ counts, exitCode, mayBeEmpty }) {
  const oneFailure = { passed: 0, failed: 1, skipped: 0 };
  if (counts === undefined) {
    if (mayBeEmpty && exitCode === 0) return { counts: sumCounts([]) };
    return {
      counts: oneFailure,
      problem: `it ended with exit code ${String(exitCode)} and left no report`,
    };
  }
  if (counts.failed > 0) return { counts };
  if (exitCode !== 0) {
    return {
      counts: sumCounts([counts, oneFailure]),
      problem: `its tests passed, but it ended with exit code ${String(exitCode)}`,
    };
  }
  if (counts.passed === 0 && !mayBeEmpty) {
    return { counts: sumCounts([counts, oneFailure]), problem: 'it ran no test' };
  }
  return { counts };
}
