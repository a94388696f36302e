import { setTimeout as delay } from 'node:timers/promises';
import { hasLive, startBareCapture } from './bare-capture.ts';
import type { Benchmark, BenchContext } from './benchmark.ts';
import { openConsole } from './console-window.ts';
import { call } from './control-line.ts';
import type { Figure } from './figure.ts';
import { type Capture, captures, startStation } from './headless-station.ts';
import { type AlsaMicrophone, alsaMicrophone, BAT_PROFILE } from './microphones.ts';
import { cpuMs, treeOf, wakesOf } from './process-tree.ts';
import { summarise } from './statistics.ts';
import type { ChildProcess } from 'node:child_process';

/** What start-up costs (compiling, migrating, first looks) is over by then. */
const SETTLE_MS = 8_000;
/** As long as a segment of the profile, so that each slice holds one promotion, one row, one hash. */
const SLICE_MS = 10_000;
const GOAL = 1.05;

/** A recorder that runs: the console that owns it, and the capture that does the work. */
interface Recorder {
  readonly child: ChildProcess;
  readonly pid: number;
  readonly dataDir: string;
  readonly env: NodeJS.ProcessEnv;
}

interface Slice {
  /** CPU time in the slice, milliseconds. */
  readonly console: number;
  readonly capture: number;
  readonly bare: number;
}

/** What recording costs beyond ffmpeg itself. */
export const recorderCpu: Benchmark = {
  name: 'recorder.cpu',
  async run(context) {
    const figures: Figure[] = [];
    const microphone = alsaMicrophone(context.workshop);
    figures.push(
      await compare(context, {
        name: 'recorder.cpu.alsa',
        what: 'CPU of one recorder at 384 kHz, both streams, an ALSA microphone: all our processes',
        start: () => headless(context, microphone),
        goal: GOAL,
        notes: [
          'The capture is read and paced as from real hardware: the figure to go by. The microphone itself plays a file.',
        ],
      }),
      await compare(context, {
        name: 'recorder.cpu.simulated',
        what: 'the same with a simulated microphone (noise)',
        start: () => simulated(context),
        goal: GOAL,
        notes: [
          'Both sides make the same noise. It comes in larger portions than a microphone delivers, so ffmpeg needs less and the same console weighs more in the ratio.',
        ],
      }),
      await compare(context, {
        name: 'recorder.cpu.window',
        what: 'the same ALSA microphone with the window open on the Dashboard, drawn in software',
        start: () => windowed(context, microphone),
        goal: null,
        notes: [
          'Without graphics hardware the page is drawn by the CPU; the goal is for the recorder.',
        ],
      }),
    );
    return figures;
  },
};

async function compare(
  context: BenchContext,
  given: Pick<Figure, 'name' | 'what' | 'notes'> & {
    readonly start: () => Promise<Recorder>;
    readonly goal: number | null;
  },
): Promise<Figure> {
  const { workshop, quick } = context;
  const slices = quick ? 2 : given.goal === null ? 3 : 6;
  const seconds = (slices * SLICE_MS) / 1000;
  context.say(`${given.name}: ${String(seconds)} s beside a bare ffmpeg`);
  const startedAt = performance.now();
  const recorder = await given.start();
  // Waveforms and spectrograms have a figure of their own: `npm run bench -- analysis`.
  for (const key of ['analysis.peaks_enabled', 'analysis.spectrogram_enabled']) {
    await call(recorder.dataDir, 'settings.set', { key, value: false });
  }
  const [capture] = await captures(recorder.dataDir, 1);
  if (capture === undefined) throw new Error('there is no capture');
  const bare = await startBareCapture(workshop, capture, recorder.env);
  const mute = hasLive(capture)
    ? await startBareCapture(workshop, capture, recorder.env, { live: false })
    : null;
  await delay(SETTLE_MS);
  const startUp = read(recorder, capture, bare);
  const muteBefore = cpuMs([mute?.pid ?? -1]);
  const startUpS = (performance.now() - startedAt) / 1000;

  const measured: Slice[] = [];
  const wakesBefore = wakesOf(recorder.pid);
  const windowStart = performance.now();
  let before = startUp;
  for (let i = 0; i < slices; i += 1) {
    await delay(windowStart + (i + 1) * SLICE_MS - performance.now());
    const now = read(recorder, capture, bare);
    measured.push({
      console: now.console - before.console,
      capture: now.capture - before.capture,
      bare: now.bare - before.bare,
    });
    before = now;
  }
  const windowMs = performance.now() - windowStart;
  const wakes = ((wakesOf(recorder.pid) - wakesBefore) / windowMs) * 1000;
  const muteMs = cpuMs([mute?.pid ?? -1]) - muteBefore;
  for (const { exitCode } of mute === null ? [bare] : [bare, mute]) {
    if (exitCode !== null) throw new Error('a bare ffmpeg ended by itself');
  }
  await Promise.all([
    workshop.end(recorder.child),
    workshop.end(bare),
    ...(mute === null ? [] : [workshop.end(mute)]),
  ]);

  const percent = (part: keyof Slice): number =>
    (measured.reduce((sum, slice) => sum + slice[part], 0) / windowMs) * 100;
  const total = percent('console') + percent('capture');
  return {
    name: given.name,
    what: given.what,
    unit: '% of a core',
    value: total,
    baseline: { what: 'the same ffmpeg command, running alone beside it', value: percent('bare') },
    ratio: total / percent('bare'),
    goal: given.goal === null ? null : { on: 'ratio', atMost: given.goal },
    spread: summarise(
      measured.map((slice) => (slice.console + slice.capture) / Math.max(1, slice.bare)),
    ),
    method:
      `utime+stime of /proc/<pid>/stat of the console's whole process tree and its capture, against those of a second ffmpeg with the ` +
      `capture's own command line (only the folder differs) at the same time, over ${String(seconds)} s after ${String(SETTLE_MS / 1000)} s of settling; spread of the ratio in slices of ${String(SLICE_MS / 1000)} s`,
    notes: [
      `Console ${percent('console').toFixed(2)} %, its capture ${percent('capture').toFixed(2)} %, bare ffmpeg ${percent('bare').toFixed(2)} % of a core; the console wakes ${wakes.toFixed(0)} times a second.`,
      `1 + console ÷ bare = ${(1 + percent('console') / percent('bare')).toFixed(3)}: the same ratio without the noise between two equal ffmpegs.`,
      `Start-up, not in the figure: ${(startUp.console / 1000).toFixed(2)} s of CPU in the console's first ${startUpS.toFixed(0)} s.`,
      ...(mute === null ? [] : [costOfLive(percent('bare'), (muteMs / windowMs) * 100)]),
      ...given.notes,
    ],
  };
}

/** @param on @param off the same bare ffmpeg with and without it, % of a core */
function costOfLive(on: number, off: number): string {
  return `Live stream, in all figures: the same ffmpeg takes ${on.toFixed(2)} % with it and ${off.toFixed(2)} % without, so it costs ${(on - off).toFixed(2)} % of a core; nobody listens.`;
}

function read(recorder: Recorder, capture: Capture, bare: ChildProcess): Slice {
  const ours = treeOf([recorder.pid]).filter((pid) => pid !== capture.pid);
  return {
    console: cpuMs(ours),
    capture: cpuMs([capture.pid]),
    bare: cpuMs([bare.pid ?? -1]),
  };
}

async function headless(context: BenchContext, microphone: AlsaMicrophone): Promise<Recorder> {
  const { env, pcm } = microphone;
  const station = await startStation(context.workshop, {
    env,
    args: ['--alsa', pcm, '--profile', BAT_PROFILE],
  });
  return { ...station, env };
}

async function simulated(context: BenchContext): Promise<Recorder> {
  const station = await startStation(context.workshop);
  await call(station.dataDir, 'devices.addSimulated', {
    profileSlug: BAT_PROFILE,
    source: 'noise',
  });
  return { ...station, env: process.env };
}

async function windowed(context: BenchContext, microphone: AlsaMicrophone): Promise<Recorder> {
  const { env, pcm } = microphone;
  const dataDir = context.workshop.folder('window-data');
  const opened = await openConsole(context.workshop, { dataDir, env });
  await call(dataDir, 'devices.addAlsa', { pcm, profileSlug: BAT_PROFILE });
  return { child: opened.child, pid: opened.pid, dataDir, env };
}
