import type { RecordingFilter } from '@shared/model/recording';
import { startOfDay } from '../../app/format/instants';

/** What a person chose: days as `YYYY-MM-DD` in the zone that is shown, empty = no limit. */
export interface ChosenFilter {
  readonly device: string | null;
  readonly fromDay: string;
  readonly toDay: string;
}

export const NO_FILTER: ChosenFilter = { device: null, fromDay: '', toDay: '' };

export function isFiltered(chosen: ChosenFilter): boolean {
  return chosen.device !== null || chosen.fromDay !== '' || chosen.toDay !== '';
}

export function rangeIsBackwards(chosen: ChosenFilter): boolean {
  return chosen.fromDay !== '' && chosen.toDay !== '' && chosen.fromDay > chosen.toDay;
}

/** The station's filter for it; both days count in full. */
export function toRecordingFilter(chosen: ChosenFilter, timeZone: string): RecordingFilter {
  const from = startOfDay(chosen.fromDay, timeZone);
  const to = startOfDay(chosen.toDay, timeZone, 1);
  return {
    ...(chosen.device === null ? {} : { device: chosen.device }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}
