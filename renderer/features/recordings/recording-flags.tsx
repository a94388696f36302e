import type { Recording } from '@shared/model/recording';
import {
  IconClockEdit,
  IconClockExclamation,
  IconFileAlert,
  IconFileImport,
  IconFileOff,
  IconFirstAidKit,
  IconLock,
  IconTrash,
  IconWaveSine,
  type Icon,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { StatusBadge } from '../../components/status-badge';
import type { Tone } from '../../components/tone';
import styles from './recording-flags.module.css';

const FLAGS = [
  {
    field: 'deletedAt',
    text: 'recordings.flagInBin',
    why: 'recordings.whyInBin',
    tone: 'neutral',
    icon: IconTrash,
  },
  {
    field: 'integrity',
    text: 'recordings.flagDamaged',
    why: 'recordings.whyDamaged',
    tone: 'danger',
    icon: IconFileAlert,
  },
  {
    field: 'protected',
    text: 'recordings.flagProtected',
    why: 'recordings.whyProtected',
    tone: 'good',
    icon: IconLock,
  },
  {
    field: 'simulated',
    text: 'recordings.flagSimulated',
    why: 'app.simulatedHelp',
    tone: 'info',
    icon: IconWaveSine,
  },
  {
    field: 'recovered',
    text: 'recordings.flagRecovered',
    why: 'recordings.whyRecovered',
    tone: 'attention',
    icon: IconFirstAidKit,
  },
  {
    field: 'clockUnsynced',
    text: 'recordings.flagUnsynced',
    why: 'recordings.whyUnsynced',
    tone: 'attention',
    icon: IconClockExclamation,
  },
  {
    field: 'retimedAt',
    text: 'recordings.flagRetimed',
    why: 'recordings.whyRetimed',
    tone: 'info',
    icon: IconClockEdit,
  },
  {
    field: 'localDeleted',
    text: 'recordings.flagDeleted',
    why: 'recordings.deletedHere',
    tone: 'neutral',
    icon: IconFileOff,
  },
  {
    field: 'source',
    text: 'recordings.flagImported',
    why: 'recordings.whyImported',
    tone: 'info',
    icon: IconFileImport,
  },
] as const satisfies readonly {
  field: keyof Recording;
  text: string;
  why: string;
  tone: Tone;
  icon: Icon;
}[];

function flagsOf(recording: Recording): readonly (typeof FLAGS)[number][] {
  return FLAGS.filter(({ field }) => {
    switch (field) {
      case 'integrity':
        return recording.integrity !== null && recording.integrity !== 'ok';
      case 'source':
        return recording.source === 'import';
      default:
        return recording[field] !== false && recording[field] !== null;
    }
  });
}

/** What is special about a recording. */
export function RecordingFlags({ recording }: { readonly recording: Recording }): ReactNode {
  const { t } = useTranslation();
  return flagsOf(recording).map(({ field, text, why, tone, icon }) => (
    <StatusBadge key={field} tone={tone} icon={icon} title={t(why)}>
      {t(text)}
    </StatusBadge>
  ));
}

/** What each of a recording's badges means, for where there is room to say it. */
export function RecordingFlagReasons({ recording }: { readonly recording: Recording }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const flags = flagsOf(recording);
  if (flags.length === 0) return null;
  return (
    <ul className={styles.reasons} data-testid="flag-reasons">
      {flags.map(({ field, text, why }) => (
        <li key={field}>
          <strong>{t(text)}:</strong> {t(why)}
          {field === 'retimedAt' && recording.retimedAt !== null
            ? ` (${format.instant(recording.retimedAt, 'dateTime')})`
            : ''}
        </li>
      ))}
    </ul>
  );
}
