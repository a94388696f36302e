import type { ChildProcess } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Benchmark, BenchContext } from './benchmark.ts';
import { type OpenedWindow, openBareWindow, openConsole } from './console-window.ts';
import { call } from './control-line.ts';
import type { Figure } from './figure.ts';
import { captures, startStation } from './headless-station.ts';
import { BAT_PROFILE, BIRD_PROFILE } from './microphones.ts';
import { cpuMs, memoryOf } from './process-tree.ts';
import { slope } from './statistics.ts';
import { until } from './workshop.ts';

/** Loaded into what is measured. */
export const loopWatch = join(import.meta.dirname, 'injected', 'loop-watch.cjs');
const MICROPHONES = [BAT_PROFILE, BIRD_PROFILE, BIRD_PROFILE];
const SETTLE_MS = 5_000;
/** The watch itself wakes every millisecond; only what comes on top is delay. */
const RESOLUTION_MS = 1;
const NANOSECONDS_PER_MS = 1e6;

/** Of the intervals between two wakes, nanoseconds. */
interface Delays {
  readonly max: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** Whether the console stays awake while it records, and whether it grows. */
export const eventLoop: Benchmark = {
  name: 'eventloop',
  async run(context) {
    return [...(await headless(context)), await windowed(context)];
  },
};

async function headless({ workshop, quick, say }: BenchContext): Promise<Figure[]> {
  const seconds = quick ? 15 : 45;
  say(`eventloop: three simulated microphones for ${String(seconds)} s, without a window`);
  const stationFile = workshop.folder('loop-station.json');
  const idleFile = workshop.folder('loop-idle.json');
  const station = await startStation(workshop, {
    nodeArgs: ['--require', loopWatch],
    env: { ...process.env, SILVASONIC_BENCH_LOOP: stationFile },
  });
  const idle = workshop.spawn(
    process.execPath,
    ['--require', loopWatch, '--eval', 'setInterval(() => undefined, 1000)'],
    { env: { ...process.env, SILVASONIC_BENCH_LOOP: idleFile }, stdio: 'ignore' },
  );
  await addMicrophones(station.dataDir);
  await delay(SETTLE_MS);
  for (const child of [station.child, idle]) child.kill('SIGURG');
  const memory: { x: number; y: number }[] = [];
  const startedAt = performance.now();
  const cpuBefore = cpuMs([station.pid]);
  while (performance.now() - startedAt < seconds * 1000) {
    await delay(1_000);
    const hours = (performance.now() - startedAt) / 3_600_000;
    memory.push({ x: hours, y: memoryOf([station.pid]).rss / 1e6 });
  }
  const cpu = ((cpuMs([station.pid]) - cpuBefore) / (performance.now() - startedAt)) * 100;
  const ours = await delaysOf(station.child, stationFile);
  const bare = await delaysOf(idle, idleFile);
  await Promise.all([workshop.end(station.child), workshop.end(idle)]);
  return [
    delayFigure('eventloop.headless', ours, bare, {
      what: 'event-loop delay of the station while three simulated microphones (384, 48, 48 kHz) record, p99',
      baseline: 'an idle Node process beside it',
      how: `monitorEventLoopDelay (resolution 1 ms, subtracted), loaded into both with --require, at the same time, ${String(seconds)} s`,
      notes: [`The station's own process used ${cpu.toFixed(2)} % of a core, the watch included.`],
    }),
    {
      name: 'eventloop.memory-slope',
      what: 'growth of the station process in the same time (RSS)',
      unit: 'MB/h',
      value: slope(memory),
      baseline: null,
      ratio: null,
      goal: null,
      spread: null,
      method: `least squares through one sample a second from /proc/<pid>/smaps_rollup over ${String(seconds)} s`,
      notes: [
        `From ${(memory[0]?.y ?? 0).toFixed(1)} to ${(memory.at(-1)?.y ?? 0).toFixed(1)} MB. So short after the start a heap still finds its size: a leak shows in a run of hours only.`,
      ],
    },
  ];
}

async function windowed({ workshop, quick, say }: BenchContext): Promise<Figure> {
  const seconds = quick ? 10 : 30;
  say(`eventloop: the same for ${String(seconds)} s with the window open`);
  const dataDir = workshop.folder('loop-data');
  const console = await openConsole(workshop, { dataDir });
  const bare = await openBareWindow(workshop);
  await addMicrophones(dataDir);
  await delay(SETTLE_MS);
  await Promise.all([console.ask('watch-loop'), bare.ask('watch-loop')]);
  await delay(seconds * 1000);
  const [ours, theirs] = (await Promise.all(
    [console, bare].map((window: OpenedWindow) => window.ask('loop-delay')),
  )) as [Delays, Delays];
  await Promise.all([workshop.end(console.child), workshop.end(bare.child)]);
  return delayFigure('eventloop.window', ours, theirs, {
    what: 'the same of the console’s main process with the window open on the Dashboard, p99',
    baseline: 'the main process of a bare Electron window beside it',
    how: `monitorEventLoopDelay (resolution 1 ms, subtracted) in both main processes, at the same time, ${String(seconds)} s`,
    notes: [],
  });
}

export function delayFigure(
  name: string,
  ours: Delays,
  bare: Delays,
  given: { what: string; baseline: string; how: string; notes: readonly string[] },
): Figure {
  const ms = (nanoseconds: number): number =>
    Math.max(0, nanoseconds / NANOSECONDS_PER_MS - RESOLUTION_MS);
  const words = ({ p50, p99, p999, max }: Delays): string =>
    `p50 ${ms(p50).toFixed(2)}, p99 ${ms(p99).toFixed(2)}, p99.9 ${ms(p999).toFixed(2)}, most ${ms(max).toFixed(1)} ms`;
  return {
    name,
    what: given.what,
    unit: 'ms',
    value: ms(ours.p99),
    baseline: { what: given.baseline, value: ms(bare.p99) },
    ratio: ms(bare.p99) === 0 ? null : ms(ours.p99) / ms(bare.p99),
    goal: null,
    spread: null,
    method: given.how,
    notes: [`${words(ours)}.`, `Baseline: ${words(bare)}.`, ...given.notes],
  };
}

async function addMicrophones(dataDir: string): Promise<void> {
  for (const profileSlug of MICROPHONES) {
    await call(dataDir, 'devices.addSimulated', { profileSlug, source: 'noise' });
  }
  await captures(dataDir, MICROPHONES.length);
}

export async function delaysOf(child: ChildProcess, file: string): Promise<Delays> {
  child.kill('SIGURG');
  return until('the event loop to be told', 10_000, () => {
    if (!existsSync(file)) return null;
    const text = readFileSync(file, 'utf8');
    return text === '' ? null : (JSON.parse(text) as Delays);
  });
}
