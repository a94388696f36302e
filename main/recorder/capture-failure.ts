import type { GapReason } from '@shared/model/coverage';
import type { CaptureErrorCode } from '@shared/model/recorder';
import { SpawnError } from '../process/spawn-detached';
import type { Desired } from './desired';
import { errorCode } from '../files/error-code';
import { messageOf } from '../error-message';

/** Why a capture could not be, or ended unasked. */
export interface CaptureFailure {
  readonly code: CaptureErrorCode;
  readonly detail: string;
}

/** Why a run is asked to end, in the words of the gap that may follow. */
export interface StopReason {
  readonly reason: GapReason;
  readonly detail: string;
}

/** Why something that should not record any more, or not like this, is asked to end. */
export function stopReason({ desired, reason }: Desired): StopReason {
  if (desired) return { reason: 'restart', detail: 'its configuration changed' };
  if (reason === 'offline') return { reason: 'unplugged', detail: 'the device is gone' };
  if (reason === 'data_disk_missing') return { reason, detail: 'the data disk is gone' };
  return { reason: 'restart', detail: reason };
}

/** Why a capture could not be started, from what the system threw. */
export function failureOf(error: unknown): CaptureFailure {
  const detail = messageOf(error);
  const code = errorCode(error);
  if (error instanceof SpawnError) {
    return { code: code === 'ENOENT' ? 'FFMPEG_MISSING' : 'UNKNOWN', detail };
  }
  if (code === 'ENOSPC' || code === 'EDQUOT') return { code: 'DISK_FULL', detail };
  if (['EROFS', 'EACCES', 'EPERM', 'ENOTDIR', 'EIO'].includes(code)) {
    return { code: 'DATA_FOLDER_UNWRITABLE', detail };
  }
  return { code: 'UNKNOWN', detail };
}

/** The cause of a capture's end as the cause of the gap behind it. */
export function gapReasonOf(code: CaptureErrorCode): GapReason {
  switch (code) {
    case 'DEVICE_GONE':
      return 'unplugged';
    case 'DEVICE_BUSY':
      return 'device_busy';
    case 'PERMISSION_DENIED':
    case 'RATE_NOT_OFFERED':
    case 'CHANNELS_NOT_OFFERED':
    case 'FORMAT_NOT_OFFERED':
      return 'device_refused';
    case 'DISK_FULL':
      return 'disk_full';
    case 'DATA_FOLDER_UNWRITABLE':
      return 'disk_failed';
    case 'STALLED':
      return 'stalled';
    case 'NO_VALID_AUDIO':
      return 'segment_refused';
    case 'FFMPEG_MISSING':
    case 'SOURCE_FILE_UNREADABLE':
    case 'EXITED_UNASKED':
    case 'UNKNOWN':
      return 'capture_failed';
  }
}
