import type {
  CaptureErrorCode,
  DesiredReason,
  RecorderState,
  RecorderStatus,
} from '@shared/model/recorder';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../app/format/use-format';
import { useStationNow } from '../stores/station-view';

export type RecorderCause =
  | { readonly kind: 'desired'; readonly reason: DesiredReason }
  | { readonly kind: 'error'; readonly code: CaptureErrorCode }
  | { readonly kind: 'state'; readonly state: RecorderState };

/** Which of a recorder's many facts explains what it does now. */
export function recorderCause(
  recorder: Pick<RecorderStatus, 'desired' | 'desiredReason' | 'state' | 'lastError'>,
): RecorderCause {
  if (!recorder.desired) return { kind: 'desired', reason: recorder.desiredReason };
  if (recorder.state === 'waiting' && recorder.lastError !== null) {
    return { kind: 'error', code: recorder.lastError.code };
  }
  return { kind: 'state', state: recorder.state };
}

/** Why a recorder is as it is, and what to do about it (empty when nothing needs doing). */
export function useRecorderExplanation(recorder: RecorderStatus): { text: string; advice: string } {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const { pausedUntil, nextChangeAt } = recorder;
  const cause = recorderCause(recorder);
  switch (cause.kind) {
    case 'desired':
      if (cause.reason === 'paused' && pausedUntil !== null) {
        return {
          text: t('recorders.pausedUntil', { time: format.moment(pausedUntil, now) }),
          advice: t('desiredAdvice.paused'),
        };
      }
      if (cause.reason === 'outside_schedule' && nextChangeAt !== null) {
        return {
          text: t('recorders.recordsAgain', {
            why: t('desiredReason.outside_schedule'),
            time: format.moment(nextChangeAt, now),
          }),
          advice: '',
        };
      }
      return {
        text: t(`desiredReason.${cause.reason}`),
        advice: t(`desiredAdvice.${cause.reason}`),
      };
    case 'error':
      return {
        text: t(`captureError.${cause.code}.text`),
        advice: t(`captureError.${cause.code}.advice`),
      };
    case 'state':
      return { text: t(`recorderState.${cause.state}`), advice: '' };
  }
}
