import type { Alert } from '@shared/model/station';
import { Button } from '@mantine/core';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { lazyDialog } from '../../app/lazy-dialog';
import { AlertList } from '../../components/alert-list';
import { Card } from '../../components/card';
import styles from './alerts-card.module.css';
import titles from './card-title.module.css';

const AlertsDrawer = lazyDialog(async () => (await import('../../app/alerts-drawer')).AlertsDrawer);

/** More would push away what else there is to see. */
const MOST_SHOWN = 3;

/** The worst alerts; all of them are a tap away. */
export function AlertsCard({ alerts }: { readonly alerts: readonly Alert[] }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  const [open, setOpen] = useState(false);
  return (
    <Card labelledBy={id} className={styles.card} data-testid="alerts-card">
      <h2 id={id} className={titles.title}>
        {t('dashboard.alerts')}
      </h2>
      <AlertList alerts={alerts} most={MOST_SHOWN} />
      {alerts.length > MOST_SHOWN ? (
        <Button
          variant="default"
          className={styles.all}
          aria-haspopup="dialog"
          data-testid="alerts-all"
          onClick={() => {
            setOpen(true);
          }}
        >
          {t('alerts.all', { count: alerts.length })}
        </Button>
      ) : null}
      <AlertsDrawer
        opened={open}
        close={() => {
          setOpen(false);
        }}
      />
    </Card>
  );
}
