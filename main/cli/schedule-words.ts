import { InvalidArgumentError } from 'commander';
import {
  MOST_OFFSET_MINUTES,
  type Schedule,
  scheduleSchema,
  type SunEvent,
  sunEventSchema,
  type SunTime,
  timeOfDaySchema,
} from '@shared/model/schedule';

const EXAMPLES =
  'e.g. "always", "hours 18:00-06:00,07:00-08:30" or "sun dusk-30..dawn+30" (minutes)';
const EVENTS = new Map<string, SunEvent>(
  sunEventSchema.options.map((event) => [event.toLowerCase(), event]),
);

/**
 * A schedule as people write it: `always`, `hours 18:00-06:00,…` in the station's zone, `sun dusk-30..dawn+30,…` with
 * minutes before and after what the sun does.
 * @throws commander's InvalidArgumentError
 */
export function parseSchedule(text: string): Schedule {
  const [, kind = '', rest = ''] = /^\s*(\S*)\s*(.*?)\s*$/.exec(text) ?? [];
  // Blanks around what joins two times are no reason to refuse them.
  const joined = rest
    .replace(/\s*\.\.\s*/g, '..')
    .replace(/([a-z])\s+([+-]\s*\d)/gi, '$1$2')
    .replace(/([+-])\s+(\d)/g, '$1$2')
    .replace(/(\d)\s+-/g, '$1-');
  const windows = joined === '' ? [] : joined.split(/\s*,\s*|\s+/);
  switch (kind.toLowerCase()) {
    case 'always':
      if (windows.length > 0) throw new InvalidArgumentError(`"always" has no hours.`);
      return { kind: 'always' };
    case 'hours':
      return checked({ kind: 'hours', windows: windows.map(hoursWindow) });
    case 'sun':
      return checked({ kind: 'sun', windows: windows.map(sunWindow) });
    default:
      throw new InvalidArgumentError(`Expected a schedule, ${EXAMPLES}.`);
  }
}

/** The shortest words that `parseSchedule` reads as the same schedule. */
export function formatSchedule(schedule: Schedule): string {
  switch (schedule.kind) {
    case 'always':
      return 'always';
    case 'hours':
      return `hours ${schedule.windows.map(({ from, to }) => `${from}-${to}`).join(',')}`;
    case 'sun': {
      const windows = schedule.windows.map(
        ({ from, to }) => `${formatSunTime(from)}..${formatSunTime(to)}`,
      );
      return `sun ${windows.join(',')}`;
    }
  }
}

function hoursWindow(text: string): { from: string; to: string } {
  const { from, to } = /^(?<from>\d\d?:\d\d)-(?<to>\d\d?:\d\d)$/.exec(text)?.groups ?? {};
  if (from === undefined || to === undefined) {
    throw new InvalidArgumentError(`"${text}" is not a window like 18:00-06:00.`);
  }
  return { from: timeOfDay(from), to: to === '24:00' ? '00:00' : timeOfDay(to) };
}

function timeOfDay(text: string): string {
  const time = text.padStart(5, '0');
  if (timeOfDaySchema.safeParse(time).success) return time;
  throw new InvalidArgumentError(`"${text}" is not a time of day, e.g. 18:30.`);
}

function sunWindow(text: string): { from: SunTime; to: SunTime } {
  const [from, to, ...more] = text.split('..');
  if (from === undefined || to === undefined || more.length > 0) {
    throw new InvalidArgumentError(`"${text}" is not a window like dusk-30..dawn+30.`);
  }
  return { from: sunTime(from), to: sunTime(to) };
}

function sunTime(text: string): SunTime {
  const { name = '', offset } = /^(?<name>[a-z]+)(?<offset>[+-]\d+)?$/i.exec(text)?.groups ?? {};
  const event = EVENTS.get(name.toLowerCase());
  if (event === undefined) {
    throw new InvalidArgumentError(
      `"${text}" is not what the sun does: expected ${sunEventSchema.options.join(', ')}, with minutes like -30.`,
    );
  }
  const offsetMinutes = Number(offset ?? 0);
  if (Math.abs(offsetMinutes) > MOST_OFFSET_MINUTES) {
    throw new InvalidArgumentError(
      `"${text}" is too far from what the sun does: ${String(MOST_OFFSET_MINUTES)} minutes before or after at most.`,
    );
  }
  return { event, offsetMinutes: offsetMinutes === 0 ? 0 : offsetMinutes }; // no negative zero
}

function formatSunTime({ event, offsetMinutes }: SunTime): string {
  if (offsetMinutes === 0) return event;
  return `${event}${offsetMinutes > 0 ? '+' : ''}${String(offsetMinutes)}`;
}

function checked(schedule: Schedule): Schedule {
  if (schedule.kind !== 'always' && schedule.windows.length === 0) {
    throw new InvalidArgumentError(`"${schedule.kind}" needs at least one window, ${EXAMPLES}.`);
  }
  const parsed = scheduleSchema.safeParse(schedule);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  throw new InvalidArgumentError(
    `${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'not a schedule'}.`,
  );
}
