import { TextInput } from '@mantine/core';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { addMinutes, parseTimeOfDay } from '../../app/format/days';
import styles from './time-field.module.css';
import { Stepper } from './stepper';

const STEP_MINUTES = 15;

interface Props {
  readonly label: string;
  /** As typed; `HH:MM` when it is a time. */
  readonly value: string;
  readonly change: (value: string) => void;
  readonly 'data-testid'?: string;
}

/** A time of day to type, or to step by quarters of an hour. 24 hours, whatever the system writes. */
export function TimeField({ label, value, change, ...rest }: Props): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const time = parseTimeOfDay(value);
  const step = (minutes: number): void => {
    change(addMinutes(time ?? '00:00', minutes));
  };
  return (
    <div className={styles.field}>
      <label htmlFor={id} className={styles.label}>
        {label}
      </label>
      <Stepper
        less={{
          label: t('schedule.earlier', { label }),
          press: () => {
            step(-STEP_MINUTES);
          },
        }}
        more={{
          label: t('schedule.later', { label }),
          press: () => {
            step(STEP_MINUTES);
          },
        }}
      >
        <TextInput
          id={id}
          className={styles.input}
          inputMode="numeric"
          placeholder="18:30"
          value={value}
          error={time === null}
          aria-describedby={time === null ? `${id}-problem` : undefined}
          onChange={(event) => {
            change(event.currentTarget.value);
          }}
          onBlur={() => {
            if (time !== null) change(time);
          }}
          {...rest}
        />
      </Stepper>
      {time === null ? (
        <p id={`${id}-problem`} className={styles.problem} role="alert">
          {t('schedule.noTime')}
        </p>
      ) : null}
    </div>
  );
}
