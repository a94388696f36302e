import type { Recording } from '@shared/model/recording';
import { Button, Select } from '@mantine/core';
import { IconFilterOff } from '@tabler/icons-react';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { DayField } from '../../components/day-field';
import { isFiltered, NO_FILTER, rangeIsBackwards, type ChosenFilter } from './recording-filter';
import styles from './recording-filters.module.css';

interface Props {
  readonly chosen: ChosenFilter;
  readonly change: (chosen: ChosenFilter) => void;
  readonly names: ReadonlyMap<string, string>;
  /** Recordings on screen: their devices can be chosen even when the device itself is gone. */
  readonly seen: readonly Recording[];
}

export function RecordingFilters({ chosen, change, names, seen }: Props): ReactNode {
  const { t } = useTranslation();
  const devices = useMemo(() => {
    const all = new Set([...names.keys(), ...seen.map((row) => row.device)]);
    if (chosen.device !== null) all.add(chosen.device);
    return [...all].map((device) => ({ value: device, label: names.get(device) ?? device }));
  }, [names, seen, chosen.device]);
  const backwards = rangeIsBackwards(chosen);
  return (
    <div className={styles.filters} role="search" aria-label={t('recordings.filters')}>
      <Select
        aria-label={t('recordings.device')}
        placeholder={t('recordings.allDevices')}
        data={devices}
        value={chosen.device}
        onChange={(device) => {
          change({ ...chosen, device });
        }}
        clearable
        clearButtonProps={{ 'aria-label': t('common.clear') }}
        data-testid="filter-device"
        className={styles.device}
      />
      <DayField
        label={t('recordings.from')}
        value={chosen.fromDay}
        change={(fromDay) => {
          change({ ...chosen, fromDay });
        }}
        data-testid="filter-from"
      />
      <DayField
        label={t('recordings.to')}
        value={chosen.toDay}
        change={(toDay) => {
          change({ ...chosen, toDay });
        }}
        data-testid="filter-to"
      />
      {isFiltered(chosen) ? (
        <Button
          variant="default"
          leftSection={<IconFilterOff size={20} aria-hidden />}
          onClick={() => {
            change(NO_FILTER);
          }}
          data-testid="filter-clear"
        >
          {t('recordings.clearFilters')}
        </Button>
      ) : null}
      {backwards ? (
        <p className={styles.error} role="alert">
          {t('recordings.rangeError')}
        </p>
      ) : null}
    </div>
  );
}
