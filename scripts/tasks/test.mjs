// @ts-check
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ensureElectronRuntime } from '../electron-runtime.mjs';
import { ensureBuild } from '../setup/build.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { ensureNode24 } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';
import { projectRoot } from '../setup/places.mjs';
import { ensureSqliteBinding } from '../setup/sqlite-binding.mjs';
import { ensureSystemPackages } from '../setup/system-packages.mjs';
import {
  failureLines,
  judgeStage,
  playwrightCounts,
  playwrightFailures,
  sumCounts,
  summaryLine,
  vitestCounts,
  vitestFailures,
} from '../test-counts.mjs';
import { runChecks } from './check.mjs';
import { windowEnvironment } from './environment.mjs';
import { runInForeground } from './foreground.mjs';

const STAGES = /** @type {const} */ (['check', 'unit', 'integration', 'e2e']);
/** @typedef {(typeof STAGES)[number]} Stage */
/** @typedef {import('../test-counts.mjs').Counts} Counts */
/** @typedef {import('../test-counts.mjs').Failure} Failure */

const withKeyring = join(projectRoot, 'scripts', 'with-keyring.sh');
const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
const playwright = join(projectRoot, 'node_modules', '@playwright', 'test', 'cli.js');
/** Larger than the largest window of the tests, which would come out a pixel short otherwise. */
const SCREEN = '-screen 0 1920x1200x24';

/**
 * @param {readonly string[]} args
 * @returns {{ stages: Stage[], passOn: string[] }} `passOn`: file filters and options for vitest and Playwright
 */
export function readTestArguments(args) {
  /** @type {Set<string>} */
  const only = new Set();
  /** @type {string[]} */
  const passOn = [];
  for (let index = 0; index < args.length; index += 1) {
    const arg = args[index] ?? '';
    const value = arg === '--only' ? args[(index += 1)] : /^--only=(.*)$/.exec(arg)?.[1];
    if (arg !== '--only' && value === undefined) {
      passOn.push(arg);
      continue;
    }
    for (const name of (value ?? '').split(',')) {
      if (!STAGES.some((stage) => stage === name)) {
        throw new SetupFailure(`--only wants one or more of ${STAGES.join(', ')}, not "${name}".`);
      }
      only.add(name);
    }
  }
  return { stages: STAGES.filter((stage) => only.size === 0 || only.has(stage)), passOn };
}

/** @param {string} line */
const print = (line) => {
  process.stdout.write(`${line}\n`);
};

/**
 * @param {string} file
 * @returns {any} what a runner reported, or undefined when it left no report
 */
function readReport(file) {
  if (!existsSync(file)) return undefined;
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/**
 * @param {Exclude<Stage, 'check'>} stage
 * @param {{ node: string, env: NodeJS.ProcessEnv, passOn: readonly string[] }} context
 * @returns {Promise<{ counts: Counts, failures: Failure[] }>}
 */
async function runTests(stage, { node, env, passOn }) {
  print(`\n── ${stage} tests ──`);
  const reportFile = join(projectRoot, 'test-results', 'reports', `${stage}.json`);
  rmSync(reportFile, { force: true });
  mkdirSync(dirname(reportFile), { recursive: true });
  const filtered = passOn.length > 0;

  /** @type {string[]} */
  const command =
    stage === 'e2e'
      ? [
          ...['xvfb-run', '-a', '-s', SCREEN, withKeyring, node, playwright, 'test'],
          ...['--reporter=list,json', ...(filtered ? ['--pass-with-no-tests'] : []), ...passOn],
        ]
      : [
          ...[withKeyring, node, vitest, 'run', '--project', stage],
          ...['--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`],
          ...(filtered ? ['--passWithNoTests'] : []),
          ...passOn,
        ];
  const [program = '', ...args] = command;
  const exitCode = await runInForeground(program, args, {
    cwd: projectRoot,
    env: { ...env, PLAYWRIGHT_JSON_OUTPUT_NAME: reportFile },
    wholeGroup: true,
  });
  const report = readReport(reportFile);
  const [count, list] =
    stage === 'e2e' ? [playwrightCounts, playwrightFailures] : [vitestCounts, vitestFailures];
  const { counts, problem } = judgeStage({
    counts: report === undefined ? undefined : count(report),
    exitCode,
    mayBeEmpty: filtered,
  });
  const failures = (report === undefined ? [] : list(report)).map(({ test, message }) => ({
    test: test.replace(`${projectRoot}/`, ''),
    message,
  }));
  if (problem !== undefined) {
    failures.push({ test: `the ${stage} tests as a whole`, message: problem });
  }
  return { counts, failures };
}

/**
 * `npm test [-- --only check|unit|integration|e2e] [filters]`: everything, to the end, whatever fails on the way.
 * @param {readonly string[]} given
 * @returns {Promise<number>} exit code
 */
export async function test(given) {
  const { stages, passOn } = readTestArguments(given);
  let interrupted = false;
  for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
    process.on(signal, () => {
      if (interrupted) return;
      interrupted = true;
      // While a stage runs its own handler passes the signal on; between stages and in set-up there is nobody to tell.
      setTimeout(() => process.exit(130), 5_000).unref();
    });
  }

  await ensureNpmPackages();
  const node = ensureNode24();
  /** @type {Counts[]} */
  const parts = [];
  /** @type {Failure[]} */
  const failures = [];
  if (stages.includes('check')) {
    print('── check ──');
    const failed = await runChecks(node);
    parts.push({ passed: 0, failed: failed.length, skipped: 0 });
    failures.push(...failed.map((name) => ({ test: `check › ${name}`, message: '' })));
  }
  const testStages = /** @type {Exclude<Stage, 'check'>[]} */ (
    stages.filter((stage) => stage !== 'check')
  );
  if (testStages.length > 0 && !interrupted) {
    try {
      const env = await environmentForTests(node);
      for (const stage of testStages) {
        if (interrupted) break;
        const ended = await runTests(stage, { node, env, passOn });
        parts.push(ended.counts);
        failures.push(...ended.failures);
      }
    } catch (error) {
      // The sum still comes last: what was checked so far is not lost.
      if (!(error instanceof SetupFailure)) throw error;
      print(error.message);
      parts.push({ passed: 0, failed: testStages.length, skipped: 0 });
    }
  }
  const total = sumCounts(parts);
  if (interrupted) print('\nInterrupted: not everything was run.');
  if (failures.length > 0) print(['\nFailed:', ...failureLines(failures)].join('\n'));
  print(`\n${summaryLine(total)}`);
  if (interrupted) return 130;
  return total.failed === 0 ? 0 : 1;
}

/**
 * @param {string} node
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function environmentForTests(node) {
  await ensureSystemPackages(['station', 'window', 'tests']);
  const runtime = await ensureElectronRuntime();
  const [binding] = await Promise.all([ensureSqliteBinding(runtime), ensureBuild(node)]);
  return {
    ...windowEnvironment(node, runtime, binding),
    // Tests must not remember their data folders among the user's own.
    XDG_STATE_HOME: join(tmpdir(), 'silvasonic-test-state'),
  };
}
