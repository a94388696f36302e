import type { CloudErrorCode } from '@shared/model/remote';
import type { UploadFilter } from '@shared/model/upload';
import { startOfDay } from '../../app/format/instants';

/** What a person chose of the history; days as `YYYY-MM-DD` in the zone that is shown, empty = no limit. */
export interface ChosenUploads {
  readonly remote: string | null;
  readonly result: 'all' | 'done' | 'failed';
  readonly code: CloudErrorCode | null;
  readonly fromDay: string;
  readonly toDay: string;
}

export const ALL_UPLOADS: ChosenUploads = {
  remote: null,
  result: 'all',
  code: null,
  fromDay: '',
  toDay: '',
};

/** The station's filter for it; both days count in full. */
export function toUploadFilter(chosen: ChosenUploads, timeZone: string): UploadFilter {
  const from = startOfDay(chosen.fromDay, timeZone);
  const to = startOfDay(chosen.toDay, timeZone, 1);
  return {
    ...(chosen.remote === null ? {} : { remote: chosen.remote }),
    ...(chosen.result === 'all' ? {} : { success: chosen.result === 'done' }),
    ...(chosen.code === null || chosen.result !== 'failed' ? {} : { code: chosen.code }),
    ...(from === null ? {} : { from }),
    ...(to === null ? {} : { to }),
  };
}
