// @ts-check
// The one entry of every npm script: `node scripts/run.mjs <task> [arguments]`.
// It runs on the Node that is there (20 or newer), before anything is installed: it may import nothing but Node itself.
import { SetupFailure } from './setup/failure.mjs';
import { say } from './setup/say.mjs';

/** @type {Readonly<Record<string, () => Promise<(args: readonly string[]) => Promise<number>>>>} */
const TASKS = {
  start: async () => (await import('./tasks/start.mjs')).start,
  station: async () => (await import('./tasks/station.mjs')).station,
  test: async () => (await import('./tasks/test.mjs')).test,
  check: async () => (await import('./tasks/check.mjs')).check,
  bench: async () => (await import('./tasks/bench.mjs')).bench,
  build: async () => (await import('./tasks/build.mjs')).build,
  exec: async () => (await import('./tasks/exec.mjs')).exec,
};

const OLDEST_NODE_MAJOR = 20;

// A reader that has seen enough (`| head`) closes the pipe; that is no failure of ours.
for (const stream of [process.stdout, process.stderr]) stream.on('error', () => {});

const [task = '', ...args] = process.argv.slice(2);

try {
  const load = TASKS[task];
  if (load === undefined) {
    say(`There is no task "${task}"; there are: ${Object.keys(TASKS).join(', ')}.`);
    process.exitCode = 2;
  } else if (Number.parseInt(process.versions.node, 10) < OLDEST_NODE_MAJOR) {
    throw new SetupFailure(
      `This is Node ${process.versions.node}; the console is set up with Node ${String(OLDEST_NODE_MAJOR)} or newer.`,
    );
  } else {
    const run = await load();
    process.exitCode = await run(args);
  }
} catch (error) {
  if (!(error instanceof SetupFailure)) throw error;
  say(error.message);
  process.exitCode = 1;
}
