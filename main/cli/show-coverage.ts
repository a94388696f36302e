import type { StationClient } from '@shared/contract';
import type { DayCoverage, DeviceCoverage, Span } from '@shared/model/coverage';
import { CERTIFICATE_WORDS } from '../coverage/certificate-words';
import { dayOf } from '../coverage/zoned-day';
import { type Output, printable, table } from './output';

/** Half an hour each, on a day without a change of the clocks. */
const CELLS = 48;

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

function lines(coverage: DayCoverage): string[] {
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
    '█ recorded  ! missing  · not scheduled',
    ...devices.flatMap((device) => gapLines(device, timezone)),
  ];
}

function gapLines(device: DeviceCoverage, timezone: string): string[] {
  const clock = new Intl.DateTimeFormat('en-GB', {
    timeZone: timezone,
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
  });
  return device.gaps.map(({ from, to, seconds, reason, detail }) => {
    const until = to === null ? 'now' : clock.format(new Date(to));
    const words = CERTIFICATE_WORDS.en.reasons[reason] + (detail === '' ? '' : `: ${detail}`);
    return printable(
      `${device.device}  ${clock.format(new Date(from))}–${until}  ${seconds.toFixed(3)} s  ${words}`,
    );
  });
}

function bar(device: DeviceCoverage, { from, to, at }: DayCoverage): string {
  const [startMs, endMs, nowMs] = [Date.parse(from), Date.parse(to), Date.parse(at)];
  const cellMs = (endMs - startMs) / CELLS;
  const gaps = device.gaps.map((gap) => ({ from: gap.from, to: gap.to ?? at }));
  return Array.from({ length: CELLS }, (_, i) => {
    const cell = [startMs + i * cellMs, startMs + (i + 1) * cellMs] as const;
    if (cell[0] >= nowMs) return ' ';
    if (touches(gaps, cell)) return '!';
    return touches(device.recorded, cell) ? '█' : '·';
  }).join('');
}

function touches(spans: readonly Span[], [fromMs, toMs]: readonly [number, number]): boolean {
  return spans.some(({ from, to }) => Date.parse(from) < toMs && Date.parse(to) > fromMs);
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
