import { ActionIcon, TextInput } from '@mantine/core';
import { IconCalendar } from '@tabler/icons-react';
import { useId, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDay, parseDay } from '../app/format/days';
import { useUi } from '../stores/ui';
import styles from './day-field.module.css';

interface Props {
  readonly label: string;
  /** `YYYY-MM-DD`, empty = none. */
  readonly value: string;
  readonly change: (day: string) => void;
  /** Its name stands above it, not before it. */
  readonly stacked?: boolean;
  readonly 'data-testid': string;
}

/**
 * A day to type or to pick. The browser's own field is used only for its calendar: it writes days as the
 * system does, not as the reader's language does.
 */
export function DayField({ label, value, change, stacked = false, ...rest }: Props): ReactNode {
  const { t } = useTranslation();
  const language = useUi((state) => state.language);
  const [draft, setDraft] = useState<string | null>(null);
  const picker = useRef<HTMLInputElement>(null);
  const id = useId();
  const typed = draft === null ? value : draft.trim() === '' ? '' : parseDay(draft);
  return (
    <div className={styles.field} data-stacked={stacked ? '' : undefined}>
      <label htmlFor={id}>{label}</label>
      <TextInput
        id={id}
        className={styles.text}
        placeholder={t('recordings.dayFormat')}
        inputMode="numeric"
        value={draft ?? formatDay(value, language)}
        error={typed === null ? t('recordings.dayError') : undefined}
        onChange={(event) => {
          const text = event.currentTarget.value;
          setDraft(text);
          const day = text.trim() === '' ? '' : parseDay(text);
          if (day !== null) change(day);
        }}
        onBlur={() => {
          if (typed !== null) setDraft(null);
        }}
        rightSection={
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--text)"
            aria-label={`${label}: ${t('recordings.pickDay')}`}
            onClick={() => {
              picker.current?.showPicker();
            }}
          >
            <IconCalendar size={20} aria-hidden />
          </ActionIcon>
        }
        rightSectionWidth="var(--target)"
        {...rest}
      />
      <input
        ref={picker}
        type="date"
        tabIndex={-1}
        aria-hidden
        className={styles.picker}
        value={value}
        onChange={(event) => {
          setDraft(null);
          change(event.currentTarget.value);
        }}
      />
    </div>
  );
}
