import type { Benchmark, BenchContext } from './benchmark.ts';
import { call } from './control-line.ts';
import { type Moments, openBareWindow, openConsole } from './console-window.ts';
import type { Figure } from './figure.ts';
import { BAT_PROFILE } from './microphones.ts';
import { median, summarise } from './statistics.ts';

const GOAL = 1.5;

/** How long one waits for the console. */
export const consoleStart: Benchmark = {
  name: 'console.start',
  async run(context) {
    const { workshop, quick, say } = context;
    const rounds = quick ? 3 : 7;
    say(
      `console.start: ${String(rounds)} starts each of a bare window, the console, and the console with a microphone`,
    );
    const profileDir = workshop.folder('start-bare-profile');
    const bareWindow = async (): Promise<Moments> => {
      const opened = await openBareWindow(workshop, profileDir);
      await workshop.end(opened.child);
      return opened.moments;
    };
    const quiet = station(context, 'quiet');
    const recording = station(context, 'recording');
    await recording.addMicrophone();
    const starts = { bare: [] as Moments[], quiet: [] as Moments[], recording: [] as Moments[] };
    // The first of each is not counted: it makes the data folder, the profile and Chromium's code cache.
    for (let round = -1; round < rounds; round += 1) {
      const bare = await bareWindow();
      const console = await quiet.start();
      const busy = await recording.start();
      if (round < 0) continue;
      starts.bare.push(bare);
      starts.quiet.push(console);
      starts.recording.push(busy);
    }
    return [
      figure('console.start', starts.quiet, starts.bare, {
        what: 'cold start of the console to an interactive page',
        goal: GOAL,
      }),
      figure('console.start.recording', starts.recording, starts.bare, {
        what: 'the same on a station with a simulated 384 kHz microphone, whose capture starts at the same time',
        goal: null,
      }),
    ];
  },
};

function station({ workshop }: BenchContext, name: string) {
  const dataDir = workshop.folder(`start-${name}-data`);
  const profileDir = workshop.folder(`start-${name}-profile`);
  return {
    async start(): Promise<Moments> {
      const opened = await openConsole(workshop, { dataDir, profileDir });
      await workshop.end(opened.child);
      return opened.moments;
    },
    async addMicrophone(): Promise<void> {
      const opened = await openConsole(workshop, { dataDir, profileDir });
      await call(dataDir, 'devices.addSimulated', { profileSlug: BAT_PROFILE, source: 'noise' });
      await workshop.end(opened.child);
    },
  };
}

function figure(
  name: string,
  ours: readonly Moments[],
  bare: readonly Moments[],
  given: { readonly what: string; readonly goal: number | null },
): Figure {
  const value = median(ours.map(({ interactive }) => interactive));
  const baseline = median(bare.map(({ interactive }) => interactive));
  const ratios = ours.map(
    ({ interactive }, i) => interactive / (bare[i]?.interactive ?? Number.NaN),
  );
  return {
    name,
    what: given.what,
    unit: 'ms',
    value,
    baseline: {
      what: 'a bare Electron window that loads one line of HTML through file://',
      value: baseline,
    },
    // Neighbours share the machine's mood; the quotient of two medians mixes moods.
    ratio: median(ratios),
    goal: given.goal === null ? null : { on: 'ratio', atMost: given.goal },
    spread: summarise(ratios),
    method:
      'from the spawn of the process to the later of (a) the window is shown and (b) the frame that holds the Dashboard’s verdict has been drawn, which needs the first snapshot (bare: its text); ' +
      'noted by a probe loaded with -r into both; same runtime, switches and screen, console and bare in turn, medians; existing data folder and profile, files in the system’s cache; the ratio is the median of those of neighbours',
    notes: [
      `Medians, ms: ${story(ours)}.`,
      `Bare window, ms: ${story(bare)}.`,
      `CPU of all processes until then: ${cpu(ours).toFixed(0)} ms ÷ ${cpu(bare).toFixed(0)} ms = ${(cpu(ours) / cpu(bare)).toFixed(2)}; it suffers less than the wait when others keep the machine busy.`,
    ],
  };
}

function cpu(starts: readonly Moments[]): number {
  return median(starts.map((start) => start.cpu));
}

function story(starts: readonly Moments[]): string {
  const at = (moment: keyof Moments): string =>
    median(starts.map((start) => start[moment])).toFixed(0);
  return (
    `script ${at('script')}, app ready ${at('appReady')}, window made ${at('windowMade')}, page received ${at('pageCommitted')}, ` +
    `first paint ${at('firstPaint')}, shown ${at('windowShown')}, content ${at('content')}`
  );
}
