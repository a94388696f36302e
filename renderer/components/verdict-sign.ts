import {
  IconAlertTriangle,
  IconCircleFilled,
  IconLoader2,
  IconPlayerPauseFilled,
  IconPlayerStopFilled,
  IconQuestionMark,
  type Icon,
} from '@tabler/icons-react';
import type { MicrophoneVerdict } from '../app/recording-verdict';
import { RECORDING_COLOURS } from '../app/recording-colours';

/** Each state has its own shape too: a disc records, a square does not. */
export const VERDICT_SIGN: Readonly<Record<MicrophoneVerdict | 'partly', Icon>> = {
  recording: IconCircleFilled,
  partly: IconAlertTriangle,
  doubtful: IconAlertTriangle,
  starting: IconLoader2,
  resting: IconPlayerPauseFilled,
  not_recording: IconPlayerStopFilled,
  unknown: IconQuestionMark,
};

export function verdictStyle(verdict: keyof typeof RECORDING_COLOURS): {
  backgroundColor: string;
  color: string;
} {
  const { background, text } = RECORDING_COLOURS[verdict];
  return { backgroundColor: background, color: text };
}
