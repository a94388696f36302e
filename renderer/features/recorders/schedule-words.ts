import type { Schedule, SunTime } from '@shared/model/schedule';
import type { TFunction } from 'i18next';

/** `30 min before dusk` */
export function sunTimeInWords({ event, offsetMinutes }: SunTime, t: TFunction): string {
  const name = t(`sunEvent.${event}`);
  if (offsetMinutes === 0) return name;
  return t(offsetMinutes < 0 ? 'schedule.before' : 'schedule.after', {
    minutes: Math.abs(offsetMinutes),
    event: name,
  });
}

/** A schedule in one line. */
export function scheduleInWords(schedule: Schedule, t: TFunction): string {
  switch (schedule.kind) {
    case 'always':
      return t('schedule.always');
    case 'hours':
      return schedule.windows.map(({ from, to }) => `${from} – ${to}`).join(', ');
    case 'sun':
      return schedule.windows
        .map(({ from, to }) =>
          t('schedule.fromTo', { from: sunTimeInWords(from, t), to: sunTimeInWords(to, t) }),
        )
        .join(', ');
  }
}
