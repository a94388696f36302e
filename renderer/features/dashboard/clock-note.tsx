import { UnstyledButton } from '@mantine/core';
import { IconChevronRight, IconClockExclamation } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './condition-note.module.css';

/** A chip that says the clock is not synchronised; on tap, what that means for the recordings. */
export function ClockNote(): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  return (
    <div className={styles.clock}>
      <UnstyledButton
        className={styles.toggle}
        aria-expanded={open}
        aria-controls={id}
        data-testid="clock-note"
        onClick={() => {
          setOpen(!open);
        }}
      >
        <IconClockExclamation size={20} aria-hidden />
        {t('dashboard.clockUnsynced')}
        <IconChevronRight size={18} aria-hidden className={styles.chevron} />
      </UnstyledButton>
      <div id={id} hidden={!open}>
        <div className={styles.note} data-tone="attention">
          <p className={styles.text}>{t('dashboard.clockUnsyncedWhy')}</p>
        </div>
      </div>
    </div>
  );
}
