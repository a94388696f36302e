import type { StationClient } from '@shared/contract';
import type { DayCoverage, DeviceCoverage, Span } from '@shared/model/coverage';
import { gapsInBrief } from '@shared/model/gaps-in-brief';
import { CERTIFICATE_WORDS } from '../coverage/certificate-words';
import { dayOf } from '../coverage/zoned-day';
import { type Output, printable, table } from './output';

/** Half an hour each, on a day without a change of the clocks. */
const CELLS = 48;
/** More than this share of a cell, and its mark says that time is missing. */
const MUCH_MISSING = 0.01;

/** @param day the station's own today when none is given */
export async function showCoverage(
  client: StationClient,
  request: { day?: string | undefined; device?: string | undefined },
  nowMs: number,
  json: boolean,
  output: Output,
): Promise<void> {
  const day = request.day ?? dayOf((await client.settings.get()).system.timezone, nowMs);
  const { device } = request;
  const coverage = await client.coverage.day({ day, ...(device === undefined ? {} : { device }) });
  if (json) output.out(JSON.stringify(coverage));
  else for (const line of lines(coverage)) output.out(line);
}

/** The day as a person reads it. */
export function lines(coverage: DayCoverage): string[] {
  const { day, timezone, devices } = coverage;
  if (devices.length === 0) return [`${day} (${timezone}): there are no microphones.`];
  const rows = devices.map((device) => [
    device.device,
    bar(device, coverage),
    percent(device),
    duration(device.recordedS),
    duration(device.scheduledS),
    String(device.gaps.length),
  ]);
  return [
    `${day} (${timezone})`,
    ...table(['DEVICE', '0 h … 24 h', 'COVERAGE', 'RECORDED', 'SCHEDULED', 'GAPS'], rows),
    '█ recorded  ▒ with gaps of less than 1 %  ! missing  · not scheduled',
    ...devices.flatMap((device) => [...assumedLine(device), ...gapLines(device, timezone)]),
  ];
}

/** The schedule of then was lost with the database. */
function assumedLine({ device, scheduledFromRecordingsS }: DeviceCoverage): string[] {
  if (scheduledFromRecordingsS === undefined) return [];
  const time = duration(scheduledFromRecordingsS);
  return [
    `${device}  ${time} scheduled: from recordings (what was scheduled then is not known any more; recorded time counts as scheduled)`,
  ];
}

function gapLines(device: DeviceCoverage, timezone: string): string[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  const { shown, brief, briefS } = gapsInBrief(device.gaps);
  const lines = shown.map(({ from, to, seconds, reason, detail }) => {
    const until = to === null ? 'now' : clock.format(new Date(to));
    const words = CERTIFICATE_WORDS.en.reasons[reason] + (detail === '' ? '' : `: ${detail}`);
    return printable(
      `${device.device}  ${clock.format(new Date(from))}–${until}  ${seconds.toFixed(3)} s  ${words}`,
    );
  });
  if (brief.length === 0) return lines;
  return [
    ...lines,
    `${device.device}  ${String(brief.length)} starts and stops, ${briefS.toFixed(1)} s in all`,
  ];
}

function bar(device: DeviceCoverage, { from, to, at }: DayCoverage): string {
  const [startMs, endMs, nowMs] = [Date.parse(from), Date.parse(to), Date.parse(at)];
  const cellMs = (endMs - startMs) / CELLS;
  const gaps = device.gaps.map((gap) => ({ from: gap.from, to: gap.to ?? at }));
  return Array.from({ length: CELLS }, (_, i) => {
    const cell = [startMs + i * cellMs, startMs + (i + 1) * cellMs] as const;
    if (cell[0] >= nowMs) return ' ';
    const missing = within(gaps, cell);
    const recorded = within(device.recorded, cell);
    if (missing > MUCH_MISSING * (missing + recorded)) return '!';
    if (missing > 0) return '▒';
    return recorded > 0 ? '█' : '·';
  }).join('');
}

/** Milliseconds of these that lie in a cell. */
function within(spans: readonly Span[], [startMs, endMs]: readonly [number, number]): number {
  return spans.reduce(
    (sum, { from, to }) =>
      sum + Math.max(0, Math.min(Date.parse(to), endMs) - Math.max(Date.parse(from), startMs)),
    0,
  );
}

/** Never rounded up to a hundred. */
function percent({ coverage }: DeviceCoverage): string {
  if (coverage === null) return '-';
  return coverage === 1 ? '100 %' : `${(Math.floor(coverage * 1e5) / 1e3).toFixed(3)} %`;
}

function duration(seconds: number): string {
  const whole = Math.floor(seconds);
  const part = (value: number): string => String(value).padStart(2, '0');
  return `${part(Math.floor(whole / 3600))}:${part(Math.floor(whole / 60) % 60)}:${part(whole % 60)}`;
}
