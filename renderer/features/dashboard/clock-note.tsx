import { Button, UnstyledButton } from '@mantine/core';
import { IconCheck, IconChevronRight, IconClockExclamation } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import { useStationNow } from '../../stores/station-view';
import styles from './condition-note.module.css';

interface Props {
  /** The clock is known not to be synchronised; else nobody tells. */
  readonly known: boolean;
}

/** A chip that says that nobody vouches for the clock; on tap, what that means, and a button for whoever does. */
export function ClockNote({ known }: Props): ReactNode {
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
        {t(known ? 'dashboard.clockUnsynced' : 'dashboard.clockUnknown')}
        <IconChevronRight size={18} aria-hidden className={styles.chevron} />
      </UnstyledButton>
      <div id={id} hidden={!open}>
        <div className={styles.note} data-tone="attention">
          <div>
            <p className={styles.text}>
              {t(known ? 'dashboard.clockUnsyncedWhy' : 'dashboard.clockUnknownWhy')}
            </p>
            {open ? <ConfirmClock /> : null}
          </div>
        </div>
      </div>
    </div>
  );
}

function ConfirmClock(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const nowMs = useStationNow();
  const confirm = useMutation(queries.station.confirmClock.mutationOptions());
  if (nowMs === null) return null;
  return (
    <>
      <p className={styles.text}>
        {t('dashboard.clockCompare', { time: format.instant(nowMs, 'dateTime') })}
      </p>
      <Button
        variant="default"
        leftSection={<IconCheck size={20} aria-hidden />}
        loading={confirm.isPending}
        data-testid="clock-confirm"
        onClick={() => {
          confirm.mutate({ shown: new Date(nowMs).toISOString() });
        }}
      >
        {t('dashboard.clockConfirm')}
      </Button>
      {confirm.isSuccess ? (
        <p className={styles.text} role="status">
          {t('dashboard.clockConfirmed')}
        </p>
      ) : null}
      <ErrorNote error={confirm.error} />
    </>
  );
}
