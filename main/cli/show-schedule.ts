import type { StationClient } from '@shared/contract';
import { toInstant } from '@shared/model/time';
import { NotFoundError } from '../request-error';
import { type Output, printable } from './output';
import { formatSchedule } from './schedule-words';

const AHEAD_MS = 2 * 86_400_000;

/**
 * A device's schedule and what it means for the next two days.
 * @param nowMs UTC milliseconds
 * @throws NotFoundError
 */
export async function showSchedule(
  client: StationClient,
  name: string,
  nowMs: number,
  json: boolean,
  output: Output,
): Promise<void> {
  const device = (await client.devices.list()).find(
    (candidate) => candidate.name === name && candidate.kind !== 'imported',
  );
  if (device === undefined) throw new NotFoundError('device', name);
  const { schedule } = device;
  const { timezone } = (await client.settings.get()).system;
  const { spans, warning } = await client.recorders.previewSchedule({
    schedule,
    from: toInstant(nowMs),
    to: toInstant(nowMs + AHEAD_MS),
  });
  const words = formatSchedule(schedule);
  if (json) {
    output.out(JSON.stringify({ device: name, schedule, words, timezone, warning, spans }));
    return;
  }
  output.out(printable(`${name}: ${words}${schedule.kind === 'hours' ? ` (${timezone})` : ''}`));
  if (warning === 'position_unknown') {
    output.out(
      'It records always until the station knows where it is: set system.latitude and system.longitude.',
    );
    return;
  }
  if (schedule.kind === 'always') return;
  for (const { from, to } of spans) output.out(`  ${from} to ${to}`);
  if (spans.length === 0) output.out('  nothing in the next two days');
}
