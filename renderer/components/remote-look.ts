import type { Remote } from '@shared/model/remote';
import {
  IconCircleCheck,
  IconClockPause,
  IconCloudOff,
  IconCloudUp,
  IconDatabaseExclamation,
  IconLockExclamation,
  IconMoon,
  IconPlayerPause,
  IconWifiOff,
  type Icon,
} from '@tabler/icons-react';
import type { Tone } from './tone';

/** How a remote is, at a glance. Amber: it needs somebody; orange: it helps itself. */
export const REMOTE_LOOK: Readonly<
  Record<Remote['state'], { readonly tone: Tone; readonly icon: Icon }>
> = {
  off: { tone: 'neutral', icon: IconCloudOff },
  paused: { tone: 'neutral', icon: IconPlayerPause },
  refused: { tone: 'attention', icon: IconLockExclamation },
  full: { tone: 'attention', icon: IconDatabaseExclamation },
  waiting_for_window: { tone: 'neutral', icon: IconMoon },
  offline: { tone: 'pending', icon: IconWifiOff },
  resting: { tone: 'neutral', icon: IconClockPause },
  idle: { tone: 'good', icon: IconCircleCheck },
  uploading: { tone: 'info', icon: IconCloudUp },
};
