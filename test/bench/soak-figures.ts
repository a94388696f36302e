import type { Figure } from './figure.ts';
import type { Account } from './soak-accounts.ts';
import { type Life, slopeAcrossLives, slopeWithinLongest } from './soak-lives.ts';
import type { KeptSound } from './soak-sound.ts';
import { median, summarise } from './statistics.ts';

export interface SoakedMicrophone {
  readonly label: string;
  readonly account: Account;
  readonly sound: KeptSound;
  readonly flaps: number;
  readonly sessions: number;
  /** Frames that the capture was too slow for. */
  readonly missed: number;
}

/** Of the staged losses, by the goal. */
const REPORT_ERROR = 0.01;
/** What a microphone whose losses nobody staged may be said to have lost, seconds. */
const NOTHING_S = 0.02;

/** Continuity, sound and the station's own account, for each microphone. */
export function continuityFigures(
  microphones: readonly SoakedMicrophone[],
  how: string,
  load: string,
): Figure[] {
  return microphones.flatMap((microphone) => {
    const { label, account, sound, flaps, sessions, missed } = microphone;
    const name = label.replace(' ', '');
    const { given, recorded, stagedS, reportedS, reportError, unstagedS } = account;
    const blank = { baseline: null, ratio: null, spread: null, method: how };
    const reasons = Object.entries(account.reportedReasons).map(
      ([reason, seconds]) => `${reason} ${seconds.toFixed(3)} s`,
    );
    return [
      {
        ...blank,
        name: `soak.continuity.${name}`,
        what: `recorded samples ÷ samples that the ${label} microphone gave, but for staged losses`,
        unit: '',
        digits: 6,
        value: recorded / given,
        goal: { on: 'value', atLeast: 1, atMost: 1 },
        notes: [
          `${String(recorded)} of ${String(given)} samples, in ${String(sound.files)} files of ${String(sound.runs.length)} captures; the microphone counts for itself what each reader took, and had ${String(sessions)}. Too slow for: ${String(missed)}; without a reader and not staged: ${unstagedS.toFixed(3)} s.`,
          `${String(account.unpacked)} samples more were taken at the ends of captures and not written any more, within what ADR 4 allows; they are in neither number.`,
          ...(account.short.length === 0
            ? []
            : [
                `Captures that are short of what they took by more than their end explains, samples: ${account.short.join(', ')}.`,
              ]),
          ...(flaps === 0
            ? []
            : [
                `Unplugged ${String(flaps)} times; from the return to sound again ${account.longestReturnS.toFixed(2)} s at worst.`,
              ]),
          load,
        ],
      },
      {
        ...blank,
        name: `soak.sound.${name}`,
        what: 'captures whose sound is not, sample by sample, what the microphone played, or that left something behind',
        unit: '',
        digits: 0,
        value: sound.faults.length,
        goal: { on: 'value', atMost: 0 },
        notes: sound.faults,
      },
      reportError === null
        ? {
            ...blank,
            name: `soak.reported.${name}`,
            what: 'loss that the station reports where none was staged',
            unit: 's',
            value: reportedS,
            goal: { on: 'value', atMost: NOTHING_S },
            notes: reasons,
          }
        : {
            ...blank,
            name: `soak.reported.${name}`,
            what: 'how far the loss that the station reports is from the staged one',
            unit: '%',
            value: reportError * 100,
            goal: { on: 'value', atMost: REPORT_ERROR * 100 },
            notes: [
              `Staged ${stagedS.toFixed(3)} s, reported ${reportedS.toFixed(3)} s: ${reasons.join(', ')}.`,
            ],
          },
      {
        ...blank,
        name: `soak.invented.${name}`,
        what: 'loss that the station reports from before it was first started: its clock was an hour behind then',
        unit: 's',
        value: account.inventedS,
        goal: { on: 'value', atMost: NOTHING_S },
        notes: [],
      },
    ] satisfies Figure[];
  });
}

/** What the console itself costs over its lives. No goals: they are judged where they are measured alone. */
export function consoleFigures(lives: readonly Life[], how: string, load: string): Figure[] {
  const p99 = summarise(lives.map(({ p99Ms }) => p99Ms));
  const most = Math.max(...lives.map(({ mostMs }) => mostMs));
  const starts = summarise(lives.map(({ startMs }) => startMs));
  const lived = lives.reduce((sum, { lengthMs }) => sum + lengthMs, 0);
  const cpu = (lives.reduce((sum, { cpuMs }) => sum + cpuMs, 0) / lived) * 100;
  const across = slopeAcrossLives(lives);
  const within = slopeWithinLongest(lives);
  const last = lives.flatMap(({ memory }) => memory.slice(-1)).map(({ mb }) => mb);
  const blank = { baseline: null, ratio: null, goal: null, spread: null, method: how };
  return [
    {
      ...blank,
      name: 'soak.eventloop',
      what: 'event-loop delay of the console, p99 of each life with its start and adoption, median of the lives',
      unit: 'ms',
      value: p99.median,
      spread: p99,
      notes: [
        `The longest of all: ${most.toFixed(0)} ms (compiling at a start). ${String(lives.length)} lives; from the spawn to "started" ${starts.median.toFixed(0)} ms, ${starts.most.toFixed(0)} ms at most.`,
        load,
      ],
    },
    {
      ...blank,
      name: 'soak.cpu',
      what: 'CPU of the console, its starts and adoptions included, without the captures',
      unit: '% of a core',
      value: cpu,
      notes: [
        `${String(lives.length)} starts in ${(lived / 1000).toFixed(0)} s weigh more than the work between them.`,
      ],
    },
    ...(across === null
      ? []
      : [
          {
            ...blank,
            name: 'soak.memory-slope',
            what: 'growth of the console from life to life, PSS at the same age',
            unit: 'MB/h' as const,
            value: across.mbPerHour,
            notes: [
              `Least squares through one sample a life, 15 s after its start (${String(across.lives)} lives, standard error ${across.error.toFixed(0)} MB/h): what the station carries on disk and takes up again. A leak within a life cannot show here.`,
              within === null
                ? 'No life was long enough for a slope within it; --kill-every 600 gives longer ones.'
                : `Within the longest life: ${within.mbPerHour.toFixed(0)} MB/h over ${within.seconds.toFixed(0)} s after the first 15 s${within.seconds < 300 ? ', in which a heap still finds its size: no verdict (--kill-every 600 gives longer lives)' : ''}.`,
              `At the end of a life ${median(last).toFixed(1)} MB (median), ${Math.max(...last).toFixed(1)} MB at most.`,
            ],
          },
        ]),
  ];
}
