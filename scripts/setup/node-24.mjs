// @ts-check
// The project's own scripts and the headless station run on Node 24, which comes with the npm packages.
import { accessSync, constants } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { SetupFailure } from './failure.mjs';
import { projectRoot } from './places.mjs';

const OLDEST_MAJOR = 24;

/**
 * @param {string} version as `process.versions.node`
 * @returns {number}
 */
export function majorOf(version) {
  return Number.parseInt(version, 10);
}

/**
 * @param {{ version: string, execPath: string, arch: string }} current the Node that runs set-up
 * @returns {string} where Node 24 is to be found: the current one if it is new enough, else the one of the npm package
 */
export function nodeProgram({ version, execPath, arch }) {
  if (majorOf(version) >= OLDEST_MAJOR) return execPath;
  return join(projectRoot, 'node_modules', `node-linux-${arch}`, 'bin', 'node');
}

/** @returns {string} the path of a Node that is at least version 24 */
export function ensureNode24() {
  const program = nodeProgram({
    version: process.versions.node,
    execPath: process.execPath,
    arch: process.arch,
  });
  try {
    accessSync(program, constants.X_OK);
    return program;
  } catch {
    throw new SetupFailure(
      process.platform === 'linux' && (process.arch === 'x64' || process.arch === 'arm64')
        ? `Node 24 is not at ${program}: the npm packages were installed without optional ones; delete node_modules and run this again.`
        : `The npm registry has no Node 24 for ${process.platform} ${process.arch}; install Node 24 yourself and run this again with it.`,
    );
  }
}

/**
 * The environment in which every tool of the project runs: `node` means Node 24 there.
 * @param {string} node
 * @param {NodeJS.ProcessEnv} [env]
 * @returns {NodeJS.ProcessEnv}
 */
export function withNodeFirst(node, env = process.env) {
  return { ...env, PATH: [dirname(node), env['PATH'] ?? ''].join(delimiter) };
}
