// @ts-check
// Reads the reports of vitest and Playwright; pure, so that the sum at the end of `npm test` is itself tested.

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

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
 * @typedef {object} VitestReport
 * @property {boolean} [success]
 * @property {{ status?: string, assertionResults?: { status?: string }[] }[]} [testResults]
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
 * @typedef {object} PlaywrightReport
 * @property {{ expected?: number, unexpected?: number, flaky?: number, skipped?: number }} [stats]
 * @property {unknown[]} [errors] what went wrong outside any test
 */

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
