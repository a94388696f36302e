// @ts-check
import { spawn } from 'node:child_process';
import { closeSync, mkdirSync, openSync, readSync, fstatSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stripVTControlCharacters } from 'node:util';
import { cacheRoot } from './places.mjs';

/**
 * @typedef {object} CommandOptions
 * @property {string} [cwd]
 * @property {NodeJS.ProcessEnv} [env]
 * @property {number} [timeoutMs] the command is ended after this long
 * @property {number} [keepOpen] a descriptor that the child inherits (the set-up lock)
 */

/**
 * @typedef {object} CommandResult
 * @property {number | null} code exit code; null when it could not be started or was ended by a signal
 * @property {string} output what it printed on stdout and stderr (of a logged command: the last 64 KiB)
 * @property {boolean} timedOut
 */

const KEEP_BYTES = 64 * 1024;

/**
 * @param {string} program
 * @param {readonly string[]} args
 * @param {CommandOptions} options
 * @param {'pipe' | number} sink
 * @returns {Promise<CommandResult>}
 */
function run(program, args, options, sink) {
  return new Promise((resolve) => {
    let output = '';
    let timedOut = false;
    const child = spawn(program, args, {
      cwd: options.cwd,
      env: options.env ?? process.env,
      stdio: ['ignore', sink, sink, ...(options.keepOpen === undefined ? [] : [options.keepOpen])],
    });
    const timer =
      options.timeoutMs === undefined
        ? undefined
        : setTimeout(() => {
            timedOut = true;
            child.kill('SIGKILL');
          }, options.timeoutMs);
    /** @param {Buffer} chunk */
    const collect = (chunk) => {
      output += chunk.toString('utf8');
    };
    child.stdout?.on('data', collect);
    child.stderr?.on('data', collect);
    child.once('error', (error) => {
      clearTimeout(timer);
      resolve({ code: null, output: error.message, timedOut });
    });
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, output, timedOut });
    });
  });
}

/**
 * Runs a short command and keeps what it printed.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export function capture(program, args, options = {}) {
  return run(program, args, options, 'pipe');
}

/**
 * @param {string} name
 * @returns {string} where the output of the logged command `name` is kept
 */
export function logFile(name) {
  return join(cacheRoot(), 'logs', `${name}.log`);
}

/**
 * Runs a long command with its output in a log file, so that the terminal shows set-up's own words only.
 * @param {string} logName
 * @param {string} program
 * @param {readonly string[]} args
 * @param {CommandOptions} [options]
 * @returns {Promise<CommandResult>}
 */
export async function runLogged(logName, program, args, options = {}) {
  const file = logFile(logName);
  mkdirSync(dirname(file), { recursive: true });
  const log = openSync(file, 'w+');
  try {
    const result = await run(program, args, options, log);
    if (result.output !== '') return result; // it could not be started: the reason is already there
    const size = fstatSync(log).size;
    const tail = Buffer.alloc(Math.min(size, KEEP_BYTES));
    readSync(log, tail, 0, tail.length, size - tail.length);
    return { ...result, output: tail.toString('utf8') };
  } finally {
    closeSync(log);
  }
}

/**
 * The line of a tool's output that says best why it failed.
 * @param {string} output
 * @param {RegExp} pattern the tool's way to mark an error
 * @returns {string}
 */
export function errorLine(output, pattern) {
  const lines = output
    .split('\n')
    .map((line) => stripVTControlCharacters(line).trim())
    .filter((line) => line !== '');
  // The first complaint is the cause; what follows is its consequence.
  return lines.find((line) => pattern.test(line)) ?? lines.at(-1) ?? 'it said nothing';
}
