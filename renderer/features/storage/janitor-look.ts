import type { JanitorMode } from '@shared/model/janitor';
import {
  IconAlertOctagon,
  IconCircleCheck,
  IconRecycle,
  IconShieldHalf,
  type Icon,
} from '@tabler/icons-react';
import type { Tone } from '../../components/tone';

/** Red is for panic alone: what is lost then may be nowhere else. */
export const MODE_LOOK: Readonly<
  Record<JanitorMode, { readonly tone: Tone; readonly icon: Icon }>
> = {
  quiet: { tone: 'good', icon: IconCircleCheck },
  housekeeping: { tone: 'info', icon: IconRecycle },
  defensive: { tone: 'attention', icon: IconShieldHalf },
  panic: { tone: 'danger', icon: IconAlertOctagon },
};

export interface Thresholds {
  readonly warning: number;
  readonly critical: number;
  readonly emergency: number;
}

/** How far a disk is on its way to the thresholds (percent). */
export function fillLevel(
  usedPercent: number,
  { warning, critical, emergency }: Thresholds,
): 'calm' | 'info' | 'attention' | 'danger' {
  if (usedPercent > emergency) return 'danger';
  if (usedPercent > critical) return 'attention';
  return usedPercent > warning ? 'info' : 'calm';
}
