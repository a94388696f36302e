import type { Recording } from '@shared/model/recording';
import { Button, SegmentedControl, Select, TextInput } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { DayField } from '../../components/day-field';
import {
  filterProblem,
  STATE_WORDS,
  toggleState,
  type ChosenFilter,
  type StateWord,
} from './recording-filter';
import styles from './filter-panel.module.css';
import { ToggleChip } from './toggle-chip';

/** The station takes no more at once. */
const MOST_TAGS = 10;

interface Props {
  readonly chosen: ChosenFilter;
  readonly change: (chosen: ChosenFilter) => void;
  readonly names: ReadonlyMap<string, string>;
  /** Recordings on screen: their devices can be chosen even when the device itself is gone. */
  readonly seen: readonly Recording[];
}

/** Everything a recording can be looked for by. */
export function FilterPanel({ chosen, change, names, seen }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const tags = useQuery(queries.recordings.tags.queryOptions());
  const devices = useMemo(() => {
    const all = new Set([...names.keys(), ...seen.map((row) => row.device)]);
    if (chosen.device !== null) all.add(chosen.device);
    return [...all].map((device) => ({ value: device, label: names.get(device) ?? device }));
  }, [names, seen, chosen.device]);
  const problem = filterProblem(chosen);
  const put = (changes: Partial<ChosenFilter>): void => {
    change({ ...chosen, ...changes });
  };
  const shown = [
    ...new Set([...chosen.tags, ...(tags.data ?? []).slice(0, 30).map(({ name }) => name)]),
  ];
  const counts = new Map((tags.data ?? []).map(({ name, recordings }) => [name, recordings]));
  return (
    <div
      className={styles.panel}
      role="search"
      aria-label={t('recordings.filters')}
      data-testid="filter-panel"
    >
      <div className={styles.row}>
        <Select
          label={t('recordings.device')}
          placeholder={t('recordings.allDevices')}
          data={devices}
          value={chosen.device}
          onChange={(device) => {
            put({ device });
          }}
          clearable
          clearButtonProps={{ 'aria-label': t('common.clear') }}
          data-testid="filter-device"
          className={styles.device}
        />
        <DayField
          stacked
          label={t('recordings.from')}
          value={chosen.fromDay}
          change={(fromDay) => {
            put({ fromDay });
          }}
          data-testid="filter-from"
        />
        <Clock
          label={t('recordings.fromTime')}
          value={chosen.fromTime}
          disabled={chosen.fromDay === ''}
          change={(fromTime) => {
            put({ fromTime });
          }}
        />
        <DayField
          stacked
          label={t('recordings.to')}
          value={chosen.toDay}
          change={(toDay) => {
            put({ toDay });
          }}
          data-testid="filter-to"
        />
        <Clock
          label={t('recordings.toTime')}
          value={chosen.toTime}
          disabled={chosen.toDay === ''}
          change={(toTime) => {
            put({ toTime });
          }}
        />
        <TextInput
          label={t('recordings.minDuration')}
          inputMode="decimal"
          className={styles.short}
          value={chosen.minDurationS}
          onChange={(event) => {
            put({ minDurationS: event.currentTarget.value });
          }}
          data-testid="filter-min-duration"
        />
        <TextInput
          label={t('recordings.maxDuration')}
          inputMode="decimal"
          className={styles.short}
          value={chosen.maxDurationS}
          onChange={(event) => {
            put({ maxDurationS: event.currentTarget.value });
          }}
          data-testid="filter-max-duration"
        />
        <TextInput
          label={t('recordings.heard')}
          placeholder={t('recordings.heardHint')}
          className={styles.label}
          value={chosen.label}
          maxLength={200}
          onChange={(event) => {
            put({ label: event.currentTarget.value });
          }}
          data-testid="filter-label"
        />
        <div>
          <span className={styles.caption}>{t('recordings.source')}</span>
          <SegmentedControl
            aria-label={t('recordings.source')}
            value={chosen.source ?? 'any'}
            onChange={(value) => {
              put({ source: value === 'any' ? null : value });
            }}
            data={(['any', 'recorder', 'import'] as const).map((value) => ({
              value,
              label: t(`recordings.source_${value}`),
            }))}
            data-testid="filter-source"
          />
        </div>
      </div>
      <div className={styles.chips} role="group" aria-label={t('recordings.state')}>
        <span className={styles.caption}>{t('recordings.state')}</span>
        {STATE_WORDS.map((word: StateWord) => (
          <ToggleChip
            key={word}
            on={chosen.states.includes(word)}
            press={() => {
              change(toggleState(chosen, word));
            }}
            data-testid={`filter-state-${word}`}
          >
            {t(`recordings.state_${word}`)}
          </ToggleChip>
        ))}
      </div>
      {shown.length === 0 ? null : (
        <div className={styles.chips} role="group" aria-label={t('recordings.tags')}>
          <span className={styles.caption}>{t('recordings.tags')}</span>
          {shown.map((tag) => {
            const on = chosen.tags.includes(tag);
            const count = counts.get(tag);
            return (
              <ToggleChip
                key={tag}
                on={on}
                press={() => {
                  put({
                    tags: on
                      ? chosen.tags.filter((one) => one !== tag)
                      : [...chosen.tags, tag].slice(-MOST_TAGS),
                  });
                }}
                data-testid="filter-tag"
              >
                {count === undefined ? tag : `${tag} · ${format.count(count)}`}
              </ToggleChip>
            );
          })}
        </div>
      )}
      {problem === null ? null : (
        <p className={styles.error} role="alert">
          {t(`recordings.problem_${problem}`)}
        </p>
      )}
    </div>
  );
}

function Clock({
  label,
  value,
  disabled,
  change,
}: {
  readonly label: string;
  readonly value: string;
  readonly disabled: boolean;
  readonly change: (text: string) => void;
}): ReactNode {
  return (
    <TextInput
      label={label}
      inputMode="numeric"
      placeholder="00:00"
      className={styles.clock}
      value={value}
      disabled={disabled}
      onChange={(event) => {
        change(event.currentTarget.value);
      }}
    />
  );
}

/** The panel's way back, for where it covers the list. */
export function ShowFound({
  found,
  close,
}: {
  readonly found: number | null;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <Button onClick={close} data-testid="filters-done">
      {found === null
        ? t('recordings.showFoundUncounted')
        : t('recordings.showFound', { count: found, formatted: format.count(found) })}
    </Button>
  );
}
