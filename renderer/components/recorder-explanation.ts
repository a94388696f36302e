import type {
  CaptureErrorCode,
  DesiredReason,
  RecorderState,
  RecorderStatus,
} from '@shared/model/recorder';
import { useTranslation } from 'react-i18next';

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
  const cause = recorderCause(recorder);
  switch (cause.kind) {
    case 'desired':
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
