import { UnstyledButton } from '@mantine/core';
import { IconBell } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useSnapshot } from '../stores/station-view';
import styles from './alerts-bell.module.css';
import { lazyDialog } from './lazy-dialog';

const AlertsDrawer = lazyDialog(async () => (await import('./alerts-drawer')).AlertsDrawer);

export function AlertsBell(): ReactNode {
  const { t } = useTranslation();
  const alerts = useSnapshot()?.alerts ?? [];
  const [open, setOpen] = useState(false);
  const worst = alerts.some((alert) => alert.level === 'critical') ? 'critical' : 'warning';
  return (
    <>
      <UnstyledButton
        className={styles.bell}
        aria-haspopup="dialog"
        aria-label={
          alerts.length === 0
            ? t('header.alerts')
            : t('header.alertsCount', { count: alerts.length })
        }
        data-testid="alerts-bell"
        onClick={() => {
          setOpen(true);
        }}
      >
        <IconBell size={24} aria-hidden />
        {alerts.length === 0 ? null : (
          <span className={styles.count} data-level={worst} aria-hidden>
            {alerts.length}
          </span>
        )}
      </UnstyledButton>
      <AlertsDrawer
        opened={open}
        close={() => {
          setOpen(false);
        }}
      />
    </>
  );
}
