import type { Recording } from '@shared/model/recording';
import {
  IconClockExclamation,
  IconFileOff,
  IconFirstAidKit,
  IconWaveSine,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from '../../components/status-badge';
import type { Tone } from '../../components/tone';

const FLAGS = [
  { field: 'simulated', text: 'recordings.flagSimulated', tone: 'info', icon: IconWaveSine },
  {
    field: 'recovered',
    text: 'recordings.flagRecovered',
    tone: 'attention',
    icon: IconFirstAidKit,
  },
  {
    field: 'clockUnsynced',
    text: 'recordings.flagUnsynced',
    tone: 'attention',
    icon: IconClockExclamation,
  },
  { field: 'localDeleted', text: 'recordings.flagDeleted', tone: 'neutral', icon: IconFileOff },
] as const satisfies readonly { field: keyof Recording; text: string; tone: Tone; icon: Icon }[];

/** What is special about a recording. */
export function RecordingFlags({ recording }: { readonly recording: Recording }): ReactNode {
  const { t } = useTranslation();
  return FLAGS.filter(({ field }) => recording[field]).map(({ field, text, tone, icon }) => (
    <StatusBadge key={field} tone={tone} icon={icon}>
      {t(text)}
    </StatusBadge>
  ));
}
