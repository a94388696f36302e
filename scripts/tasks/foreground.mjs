// @ts-check
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { readTextIfThere } from '../setup/stamp.mjs';

/**
 * Whether this process is in the foreground of a terminal: then Ctrl-C reached its children too, and must not be passed
 * on, because many programs take a second one as "at once".
 * @param {string | undefined} stat the text of /proc/self/stat
 * @returns {boolean}
 */
export function isForegroundOfTerminal(stat) {
  if (stat === undefined) return false;
  // pid (name, which may hold anything) state ppid pgrp session tty_nr tpgid …
  const [, , pgrp, , tty, tpgid] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return tty !== undefined && tty !== '0' && pgrp === tpgid;
}

/**
 * @param {number | null} code
 * @param {NodeJS.Signals | null} signal
 * @returns {number} as a shell would report it
 */
export function exitCodeOf(code, signal) {
  if (signal !== null) return 128 + constants.signals[signal];
  return code ?? 1;
}

const SAME_REQUEST_MS = 3_000;

/**
 * @param {number | undefined} leader
 * @param {NodeJS.Signals} signal
 */
function killGroup(leader, signal) {
  if (leader === undefined) return;
  try {
    process.kill(-leader, signal);
  } catch {
    // it has just ended
  }
}

/**
 * Runs a program in the foreground: its stdin, stdout and stderr are ours, signals are passed on.
 * @param {string} program
 * @param {readonly string[]} args
 * @param {{ env?: NodeJS.ProcessEnv, cwd?: string, wholeGroup?: boolean }} [options] `wholeGroup`: it is made of several
 *   processes that do not all pass signals on (a shell script), so each of them is told
 * @returns {Promise<number>} its exit code; 127 when it cannot be started
 */
export function runInForeground(
  program,
  args,
  { env = process.env, cwd, wholeGroup = false } = {},
) {
  return new Promise((resolve) => {
    const child = spawn(program, args, { stdio: 'inherit', env, cwd, detached: wholeGroup });
    /** @type {Map<NodeJS.Signals, () => void>} */
    const handlers = new Map();
    for (const signal of /** @type {NodeJS.Signals[]} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
      let passedOnAtMs = -Infinity;
      const handler = () => {
        // npm passes a signal on to us that its whole group may have got already: one request, told once.
        const nowMs = performance.now();
        if (nowMs - passedOnAtMs < SAME_REQUEST_MS) return;
        passedOnAtMs = nowMs;
        if (wholeGroup) {
          killGroup(child.pid, signal);
          return;
        }
        const byKeyboard =
          signal === 'SIGINT' && isForegroundOfTerminal(readTextIfThere('/proc/self/stat'));
        if (!byKeyboard) child.kill(signal);
      };
      handlers.set(signal, handler);
      process.on(signal, handler);
    }
    /** @param {number} code */
    const finish = (code) => {
      for (const [signal, handler] of handlers) process.off(signal, handler);
      resolve(code);
    };
    child.once('error', (error) => {
      process.stderr.write(`${program} could not be started: ${error.message}.\n`);
      finish(127);
    });
    child.once('exit', (code, signal) => {
      finish(exitCodeOf(code, signal));
    });
  });
}
