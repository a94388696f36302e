// @ts-check
import { ensureElectronRuntime } from '../electron-runtime.mjs';
import { ensureBuild } from '../setup/build.mjs';
import { ensureNode24 } from '../setup/node-24.mjs';
import { ensureNpmPackages } from '../setup/npm-packages.mjs';
import { projectRoot } from '../setup/places.mjs';
import { say } from '../setup/say.mjs';
import { ensureSqliteBinding } from '../setup/sqlite-binding.mjs';
import { ensureSystemPackages } from '../setup/system-packages.mjs';
import { stationEnvironment, windowEnvironment } from './environment.mjs';
import { runInForeground } from './foreground.mjs';
import { headlessProgram } from './station.mjs';

/**
 * Where the console is going to show, and what it is told.
 * @param {{ args: readonly string[], env: NodeJS.ProcessEnv, isRoot: boolean }} given
 * @returns {{ screen: 'window' | 'none', args: string[], notes: string[] }} `notes`: sentences for the person who started it
 */
export function chooseScreen({ args, env, isRoot }) {
  const wanted = args.filter((arg) => arg !== '--headless');
  const hasX11 = Boolean(env['DISPLAY']);
  const hasWayland = Boolean(env['WAYLAND_DISPLAY']);
  const forced = wanted.length < args.length;
  if (forced || !(hasX11 || hasWayland)) {
    const forWindowsOnly = new Set(['--kiosk']);
    const ignored = wanted.filter((arg) => forWindowsOnly.has(arg));
    return {
      screen: 'none',
      args: wanted.filter((arg) => !forWindowsOnly.has(arg)),
      notes: [
        forced
          ? 'The station runs without a window, as asked.'
          : 'There is no display (neither DISPLAY nor WAYLAND_DISPLAY is set), so the station runs without a window.',
        ...ignored.map((arg) => `${arg} has no meaning without a window and is ignored.`),
      ],
    };
  }
  /** @type {string[]} */
  const flags = [];
  /** @type {string[]} */
  const notes = [];
  if (!hasX11) flags.push('--ozone-platform=wayland');
  if (isRoot) {
    flags.push('--no-sandbox');
    notes.push(
      'You are root, so the page runs without its sandbox (--no-sandbox); an ordinary user has it.',
    );
  }
  return { screen: 'window', args: [...flags, ...wanted], notes };
}

/**
 * `npm start [-- arguments]`: sets up, builds and opens the console, or runs the station where there is no display.
 * @param {readonly string[]} given
 * @returns {Promise<number>} exit code
 */
export async function start(given) {
  const { screen, args, notes } = chooseScreen({
    args: given,
    env: process.env,
    isRoot: process.getuid?.() === 0,
  });
  await ensureNpmPackages();
  const node = ensureNode24();
  if (screen === 'none') {
    await ensureSystemPackages(['station']);
    await ensureBuild(node);
    for (const note of notes) say(note);
    return runInForeground(node, ['--enable-source-maps', headlessProgram, 'run', ...args], {
      env: stationEnvironment(node),
    });
  }
  await ensureSystemPackages(['station', 'window']);
  const runtime = await ensureElectronRuntime();
  const [binding] = await Promise.all([ensureSqliteBinding(runtime), ensureBuild(node)]);
  for (const note of notes) say(note);
  return runInForeground(runtime.executable, [projectRoot, ...args], {
    env: windowEnvironment(node, runtime, binding),
  });
}
