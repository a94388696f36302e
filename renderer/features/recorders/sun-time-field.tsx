import type { SunTime } from '@shared/model/schedule';
import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { MOST_OFFSET_MINUTES, SUN_EVENTS } from './schedule-draft';
import styles from './sun-time-field.module.css';
import { Stepper } from './stepper';

const STEP_MINUTES = 10;

interface Props {
  readonly label: string;
  readonly value: SunTime;
  readonly change: (value: SunTime) => void;
  readonly 'data-testid': string;
}

/** What the sun does, and how long before or after. */
export function SunTimeField({ label, value, change, ...rest }: Props): ReactNode {
  const { t } = useTranslation();
  const { event, offsetMinutes } = value;
  const step = (minutes: number): void => {
    change({ event, offsetMinutes: offsetMinutes + minutes });
  };
  return (
    <div className={styles.field}>
      <Select
        label={label}
        data={SUN_EVENTS.map((name) => ({ value: name, label: t(`sunEvent.${name}`) }))}
        value={event}
        onChange={(chosen) => {
          const found = SUN_EVENTS.find((name) => name === chosen);
          if (found !== undefined) change({ event: found, offsetMinutes });
        }}
        {...rest}
      />
      <Stepper
        less={{
          label: t('schedule.earlier', { label }),
          disabled: offsetMinutes - STEP_MINUTES < -MOST_OFFSET_MINUTES,
          press: () => {
            step(-STEP_MINUTES);
          },
        }}
        more={{
          label: t('schedule.later', { label }),
          disabled: offsetMinutes + STEP_MINUTES > MOST_OFFSET_MINUTES,
          press: () => {
            step(STEP_MINUTES);
          },
        }}
      >
        <output className={styles.offset}>
          {offsetMinutes === 0
            ? t('schedule.exactly')
            : t(offsetMinutes < 0 ? 'schedule.minutesBefore' : 'schedule.minutesAfter', {
                minutes: Math.abs(offsetMinutes),
              })}
        </output>
      </Stepper>
    </div>
  );
}
