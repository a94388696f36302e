import type { Device } from '@shared/model/device';
import {
  IconAlertTriangle,
  IconCircleCheck,
  IconEyeOff,
  IconHandStop,
  IconHelpCircle,
  type Icon,
} from '@tabler/icons-react';
import type { Tone } from './tone';

export type EnrolmentWord = 'enrolled' | 'generic' | 'pending' | 'ambiguous' | 'ignored';

export const ENROLMENT_LOOK: Readonly<
  Record<EnrolmentWord, { readonly tone: Tone; readonly icon: Icon }>
> = {
  enrolled: { tone: 'good', icon: IconCircleCheck },
  generic: { tone: 'attention', icon: IconHelpCircle },
  pending: { tone: 'pending', icon: IconHandStop },
  ambiguous: { tone: 'danger', icon: IconAlertTriangle },
  ignored: { tone: 'neutral', icon: IconEyeOff },
};

/** The one word for how far the station has accepted a device. */
export function enrolmentWord(
  device: Pick<Device, 'ambiguous' | 'enrollment' | 'matchReason'>,
): EnrolmentWord {
  if (device.ambiguous) return 'ambiguous';
  if (device.enrollment !== 'enrolled') return device.enrollment;
  return device.matchReason.outcome === 'fallback' ? 'generic' : 'enrolled';
}
