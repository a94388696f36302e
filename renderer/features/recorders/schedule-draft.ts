import type { Schedule, SunEvent, SunTime } from '@shared/model/schedule';
import { parseTimeOfDay } from '../../app/format/days';

/** A window as it stands in the form: times may be half typed. */
export interface HoursDraft {
  readonly from: string;
  readonly to: string;
}
export interface SunDraft {
  readonly from: SunTime;
  readonly to: SunTime;
}

/** All kinds at once, so that nothing typed is lost while a person looks at another kind. */
export interface ScheduleDraft {
  readonly kind: Schedule['kind'];
  readonly hours: readonly HoursDraft[];
  readonly sun: readonly SunDraft[];
}

export const MOST_WINDOWS = 8;
export const MOST_OFFSET_MINUTES = 720;

/** In the order of the day. */
export const SUN_EVENTS: readonly SunEvent[] = [
  'nightEnd',
  'nauticalDawn',
  'dawn',
  'sunrise',
  'sunset',
  'dusk',
  'nauticalDusk',
  'night',
];

/** Bats and most of what sings at the edges of the night: dusk −30 min to dawn +30 min. */
export const FIRST_SUN: SunDraft = {
  from: { event: 'dusk', offsetMinutes: -30 },
  to: { event: 'dawn', offsetMinutes: 30 },
};
export const FIRST_HOURS: HoursDraft = { from: '18:00', to: '06:00' };

export function toDraft(schedule: Schedule): ScheduleDraft {
  return {
    kind: schedule.kind,
    hours: schedule.kind === 'hours' ? schedule.windows : [FIRST_HOURS],
    sun: schedule.kind === 'sun' ? schedule.windows : [FIRST_SUN],
  };
}

/** The schedule that a draft stands for; null while a time in it is none. */
export function toSchedule(draft: ScheduleDraft): Schedule | null {
  switch (draft.kind) {
    case 'always':
      return { kind: 'always' };
    case 'sun':
      return { kind: 'sun', windows: [...draft.sun] };
    case 'hours': {
      const windows = draft.hours.flatMap(({ from, to }) => {
        const start = parseTimeOfDay(from);
        const end = parseTimeOfDay(to);
        return start === null || end === null ? [] : [{ from: start, to: end }];
      });
      return windows.length === draft.hours.length ? { kind: 'hours', windows } : null;
    }
  }
}

/** What a person should know of a window before saving it; null for nothing special. */
export function hoursRemark({ from, to }: HoursDraft): 'next_day' | 'whole_day' | null {
  const start = parseTimeOfDay(from);
  const end = parseTimeOfDay(to);
  if (start === null || end === null) return null;
  return start === end ? 'whole_day' : end < start ? 'next_day' : null;
}

export function sameSchedule(a: Schedule | null, b: Schedule): boolean {
  return a !== null && JSON.stringify(a) === JSON.stringify(b);
}
