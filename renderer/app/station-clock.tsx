import { UnstyledButton } from '@mantine/core';
import { IconClockExclamation } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSnapshot, useStationNow, useTimeZone } from '../stores/station-view';
import { useUi } from '../stores/ui';
import { useFormat } from './format/use-format';
import styles from './station-clock.module.css';

/** The station's clock in the station's zone; a press shows UTC instead, here and in every list. */
export function StationClock(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const zone = useTimeZone();
  const unsynced = useSnapshot()?.station.clockSynced === false;
  const utc = useUi((state) => state.utc);
  const toggleUtc = useUi((state) => state.toggleUtc);
  const time = now === null ? '--:--:--' : format.instant(now, 'time');
  return (
    <UnstyledButton
      className={styles.clock}
      onClick={toggleUtc}
      aria-pressed={utc}
      data-testid="station-clock"
    >
      {unsynced ? (
        <IconClockExclamation
          size={22}
          className={styles.unsynced}
          aria-hidden
          data-testid="clock-unsynced"
        />
      ) : null}
      <span className={styles.text}>
        <span className={styles.time}>{time}</span>
        <span className={styles.zone}>{utc ? 'UTC' : zone}</span>
      </span>
      <span className="visually-hidden">
        . {utc ? t('header.clockToLocal', { zone }) : t('header.clockToUtc', { zone })}
        {unsynced ? `. ${t('header.clockUnsynced')}` : ''}
      </span>
    </UnstyledButton>
  );
}
