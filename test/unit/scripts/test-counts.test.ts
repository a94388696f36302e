import { describe, expect, it } from 'vitest';
import {
  failureLines,
  judgeStage,
  playwrightCounts,
  playwrightFailures,
  sumCounts,
  summaryLine,
  vitestCounts,
  vitestFailures,
} from '../../../scripts/test-counts.mjs';
import { readTestArguments } from '../../../scripts/tasks/test.mjs';

const counts = (passed: number, failed = 0, skipped = 0) => ({ passed, failed, skipped });

describe('the last line of npm test', () => {
  it('says how many passed and failed, and skipped only if any were', () => {
    expect(summaryLine(counts(12))).toBe('12 passed, 0 failed');
    expect(summaryLine(counts(12, 3, 1))).toBe('12 passed, 3 failed, 1 skipped');
  });

  it('sums all stages', () => {
    expect(sumCounts([counts(1, 2, 3), counts(10, 20, 30)])).toEqual(counts(11, 22, 33));
    expect(sumCounts([])).toEqual(counts(0));
  });
});

describe('the report of vitest', () => {
  it('is counted test by test', () => {
    const test = (status: string) => ({ status });
    expect(
      vitestCounts({
        testResults: [
          { status: 'passed', assertionResults: ['passed', 'passed', 'pending', 'todo'].map(test) },
          { status: 'failed', assertionResults: ['passed', 'failed'].map(test) },
        ],
      }),
    ).toEqual(counts(3, 1, 2));
  });

  it('counts a file that could not be loaded as a failure', () => {
    expect(vitestCounts({ testResults: [{ status: 'failed', assertionResults: [] }] })).toEqual(
      counts(0, 1),
    );
  });
});

describe('the report of Playwright', () => {
  it('counts a flaky test and an error outside of any test as failures', () => {
    expect(
      playwrightCounts({
        stats: { expected: 5, unexpected: 1, flaky: 1, skipped: 2 },
        errors: [{}],
      }),
    ).toEqual(counts(5, 3, 2));
  });
});

describe('what failed', () => {
  it('is told by file and name, with the start of its message and without its stack', () => {
    const failures = vitestFailures({
      testResults: [
        { name: 'a.test.ts', status: 'passed', assertionResults: [{ status: 'passed' }] },
        {
          name: 'b.test.ts',
          status: 'failed',
          assertionResults: [
            { status: 'passed', fullName: 'fine' },
            {
              status: 'failed',
              fullName: 'a clock goes on',
              failureMessages: ['\u001b[31mexpected 1 to be 2\u001b[39m\n    at b.test.ts:3:4'],
            },
          ],
        },
        {
          name: 'c.test.ts',
          status: 'failed',
          message: 'Cannot find module',
          assertionResults: [],
        },
      ],
    });
    expect(failureLines(failures)).toEqual([
      '  ✗ b.test.ts › a clock goes on',
      '      expected 1 to be 2',
      '  ✗ c.test.ts',
      '      Cannot find module',
    ]);
  });

  it("is found in a browser's nested suites, flaky ones too", () => {
    const spec = (title: string, status: string, message?: string) => ({
      title,
      tests: [{ status, results: message === undefined ? [{}] : [{ error: { message } }, {}] }],
    });
    expect(
      playwrightFailures({
        suites: [
          {
            title: 'a.spec.ts',
            specs: [spec('opens', 'expected'), spec('closes', 'unexpected', 'Timeout')],
            suites: [{ title: 'where it is small', specs: [spec('plays', 'flaky', 'once')] }],
          },
        ],
        errors: [{ message: 'no display' }],
      }),
    ).toEqual([
      { test: 'a.spec.ts › closes', message: 'Timeout' },
      { test: 'a.spec.ts › where it is small › plays', message: 'once' },
      { test: 'outside of any test', message: 'no display' },
    ]);
  });
});

describe('a stage', () => {
  it('passes with tests that passed and exit code 0', () => {
    expect(judgeStage({ counts: counts(3), exitCode: 0, mayBeEmpty: false })).toEqual({
      counts: counts(3),
    });
  });

  it('fails once when it crashed before it could report', () => {
    expect(judgeStage({ counts: undefined, exitCode: 134, mayBeEmpty: true })).toEqual({
      counts: counts(0, 1),
      problem: 'it ended with exit code 134 and left no report',
    });
  });

  it('fails when its tests passed but its exit code says otherwise', () => {
    expect(judgeStage({ counts: counts(3), exitCode: 1, mayBeEmpty: false }).counts).toEqual(
      counts(3, 1),
    );
  });

  it('is not failed twice for tests that failed', () => {
    expect(judgeStage({ counts: counts(3, 2), exitCode: 1, mayBeEmpty: false })).toEqual({
      counts: counts(3, 2),
    });
  });

  it('fails when it ran no test, unless a filter was given', () => {
    expect(judgeStage({ counts: counts(0), exitCode: 0, mayBeEmpty: false }).counts.failed).toBe(1);
    expect(judgeStage({ counts: counts(0), exitCode: 0, mayBeEmpty: true }).counts.failed).toBe(0);
  });
});

describe('the arguments of npm test', () => {
  it('run everything by default, in order', () => {
    expect(readTestArguments([])).toEqual({
      stages: ['check', 'unit', 'integration', 'e2e'],
      passOn: [],
    });
  });

  it('choose stages and pass the rest on', () => {
    expect(readTestArguments(['--only', 'unit', 'recorder', '-t', 'gap'])).toEqual({
      stages: ['unit'],
      passOn: ['recorder', '-t', 'gap'],
    });
    expect(readTestArguments(['--only=e2e,check'])).toEqual({
      stages: ['check', 'e2e'],
      passOn: [],
    });
  });

  it('refuse a stage that does not exist, in one sentence', () => {
    expect(() => readTestArguments(['--only', 'smoke'])).toThrow(
      '--only wants one or more of check, unit, integration, e2e, not "smoke".',
    );
  });
});
