// @ts-check
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { ensureNode24, withNodeFirst } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';
import { SetupFailure } from '../setup/failure.mjs';
import { projectRoot } from '../setup/places.mjs';

/**
 * @typedef {object} CheckStage
 * @property {string} name
 * @property {string} tool its script in node_modules
 * @property {string[]} args
 * @property {string[]} [fix] the arguments that make it repair what it can
 */

/** @type {readonly CheckStage[]} the longest first, so that two at a time end early */
const STAGES = [
  {
    name: 'lint',
    tool: 'eslint/bin/eslint.js',
    args: ['.', '--max-warnings=0'],
    fix: ['.', '--max-warnings=0', '--fix'],
  },
  { name: 'types', tool: 'typescript/bin/tsc', args: ['--noEmit'] },
  {
    name: 'format',
    tool: 'prettier/bin/prettier.cjs',
    args: ['--check', '--log-level=warn', '.'],
    fix: ['--write', '--log-level=warn', '.'],
  },
  {
    name: 'layering',
    tool: 'dependency-cruiser/bin/dependency-cruiser.mjs',
    args: ['--config', '.dependency-cruiser.mjs', 'electron', 'main', 'renderer', 'shared'],
  },
  { name: 'dead code', tool: 'knip/bin/knip.js', args: ['--no-progress'] },
];

const AT_A_TIME = 2;

/**
 * @param {CheckStage} stage
 * @param {string} node
 * @param {boolean} fix
 * @returns {Promise<boolean>} whether it passed; what it says is printed when it did not
 */
function runStage(stage, node, fix) {
  const startedAt = performance.now();
  const args = (fix && stage.fix) || stage.args;
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(node, [join(projectRoot, 'node_modules', stage.tool), ...args], {
      cwd: projectRoot,
      env: { ...withNodeFirst(node), FORCE_COLOR: process.stdout.isTTY ? '1' : '0' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (/** @type {Buffer} */ chunk) => {
        output += chunk.toString('utf8');
      });
    }
    /** @param {boolean} passed */
    const finish = (passed) => {
      const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
      const said = passed || output.trim() === '' ? '' : `${output.trim()}\n`;
      process.stdout.write(
        `${said}check: ${stage.name} ${passed ? 'ok' : 'FAILED'} (${seconds} s)\n`,
      );
      resolve(passed);
    };
    child.once('error', (error) => {
      output += error.message;
      finish(false);
    });
    child.once('close', (code) => {
      finish(code === 0);
    });
  });
}

/**
 * Runs every stage, two at a time.
 * @param {string} node
 * @param {{ only?: readonly string[], fix?: boolean }} [options]
 * @returns {Promise<string[]>} the names of those that failed
 */
export async function runChecks(node, { only = [], fix = false } = {}) {
  const queue = STAGES.filter(({ name }) => only.length === 0 || only.includes(name));
  /** @type {string[]} */
  const failed = [];
  const work = async () => {
    for (let stage = queue.shift(); stage !== undefined; stage = queue.shift()) {
      if (!(await runStage(stage, node, fix))) failed.push(stage.name);
    }
  };
  // Two tools that rewrite the same files must not meet.
  await Promise.all(Array.from({ length: fix ? 1 : AT_A_TIME }, work));
  return failed;
}

/**
 * `npm run check [-- --fix] [stage …]`
 * @param {readonly string[]} args
 * @returns {Promise<number>} exit code
 */
export async function check(args) {
  const fix = args.includes('--fix');
  const only = args.filter((arg) => arg !== '--fix');
  const names = STAGES.map(({ name }) => name);
  const unknown = only.find((name) => !names.includes(name));
  if (unknown !== undefined) {
    throw new SetupFailure(`There is no check "${unknown}"; there are: ${names.join(', ')}.`);
  }
  await ensureNpmPackages();
  const failed = await runChecks(ensureNode24(), { only, fix });
  if (failed.length > 0) process.stdout.write(`check: failed: ${failed.join(', ')}\n`);
  return failed.length === 0 ? 0 : 1;
}
