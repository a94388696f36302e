import { execFileSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';
import { electron } from './console-window.ts';
import { type Figure, meetsGoal, type Skipped } from './figure.ts';

export interface Report {
  readonly startedAt: string;
  readonly tookS: number;
  readonly quick: boolean;
  readonly machine: Readonly<Record<string, string | number | readonly number[]>>;
  readonly figures: readonly (Figure & { readonly met: boolean | null })[];
  readonly skipped: readonly Skipped[];
}

/** The computer, and how busy others keep it: numbers from a busy one are to be read with care. */
export function describeMachine(): Report['machine'] {
  return {
    cpu: cpus()[0]?.model ?? 'unknown',
    cores: cpus().length,
    memoryMb: Math.round(totalmem() / 1e6),
    kernel: release(),
    node: process.versions.node,
    ffmpeg: firstLine(() => execFileSync('ffmpeg', ['-version'], { encoding: 'utf8' })),
    electron: firstLine(() =>
      execFileSync(electron, ['--print', 'process.versions.electron'], {
        encoding: 'utf8',
        env: { ...process.env, ELECTRON_RUN_AS_NODE: '1' },
      }),
    ),
    loadAverage: loadavg().map((load) => Math.round(load * 100) / 100),
  };
}

function firstLine(read: () => string): string {
  try {
    return read().split('\n')[0]?.trim() ?? 'unknown';
  } catch {
    return 'unknown';
  }
}

export function makeReport(
  figures: readonly Figure[],
  skipped: readonly Skipped[],
  run: Pick<Report, 'startedAt' | 'tookS' | 'quick' | 'machine'>,
): Report {
  return {
    ...run,
    figures: figures.map((figure) => ({ ...figure, met: meetsGoal(figure) })),
    skipped,
  };
}

function goalText({ goal, unit }: Figure): string {
  if (goal === null) return '';
  const { atLeast, atMost, on } = goal;
  const text =
    atMost === Infinity
      ? `≥ ${String(atLeast ?? 0)}`
      : `${atLeast === atMost ? '=' : '≤'} ${String(atMost)}`;
  return on === 'value' ? `${text} ${unit}` : text;
}

/** The report for people: a table, then how each number came about. */
export function asText(report: Report): string {
  const heads = ['benchmark', 'measured', 'baseline', 'ratio', 'goal', ''];
  const rows = report.figures.map((figure) => [
    figure.name,
    `${figure.digits === undefined ? round(figure.value) : figure.value.toFixed(figure.digits)} ${figure.unit}`,
    figure.baseline === null ? '' : `${round(figure.baseline.value)} ${figure.unit}`,
    figure.ratio === null ? '' : figure.ratio.toFixed(figure.ratio < 10 ? 3 : 1),
    goalText(figure),
    figure.met === null ? 'for information' : figure.met ? 'met' : 'MISSED',
  ]);
  const widths = heads.map((head, i) =>
    Math.max(head.length, ...rows.map((row) => row[i]?.length ?? 0)),
  );
  const line = (cells: readonly string[]): string =>
    cells
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  const machine = Object.entries(report.machine).map(([key, value]) => `${key} ${String(value)}`);
  return [
    line(heads),
    line(widths.map((width) => '─'.repeat(width))),
    ...rows.map(line),
    ...report.skipped.map(({ name, reason }) => `${name}: NOT MEASURED, ${reason}`),
    '',
    ...report.figures.flatMap(explain),
    `Machine: ${machine.join(', ')}. Took ${String(Math.round(report.tookS))} s${report.quick ? ' (quick: too short to be relied on)' : ''}.`,
  ].join('\n');
}

function explain(figure: Figure): string[] {
  const { name, what, baseline, spread, method, notes } = figure;
  return [
    `${name}: ${what}${baseline === null ? '' : `; baseline: ${baseline.what}`}`,
    `    how: ${method}`,
    ...(spread === null
      ? []
      : [
          `    spread of ${String(spread.count)}: least ${round(spread.least)}, quartiles ${round(spread.p25)} | ${round(spread.median)} | ${round(spread.p75)}, p99 ${round(spread.p99)}, most ${round(spread.most)}`,
        ]),
    ...notes.map((note) => `    ${note}`),
    '',
  ];
}

function round(value: number): string {
  const digits =
    Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toFixed(digits);
}
