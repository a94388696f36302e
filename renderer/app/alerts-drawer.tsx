import { Drawer, SegmentedControl } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AlertList } from '../components/alert-list';
import { useSnapshot } from '../stores/station-view';
import { AlertHistory } from './alert-history';
import styles from './alerts-drawer.module.css';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
}

/** What needs attention now, and all that ever did. */
export function AlertsDrawer({ opened, close }: Props): ReactNode {
  const { t } = useTranslation();
  const alerts = useSnapshot()?.alerts ?? [];
  const [shown, setShown] = useState<'open' | 'history'>('open');
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="30rem"
      title={t('header.alerts')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={styles.body}>
        <SegmentedControl
          fullWidth
          aria-label={t('alerts.which')}
          data-testid="alerts-choice"
          value={shown}
          onChange={setShown}
          data={[
            { value: 'open' as const, label: t('alerts.open') },
            { value: 'history' as const, label: t('alerts.history') },
          ]}
        />
        {shown === 'open' ? (
          <AlertList alerts={alerts} follow={close} />
        ) : (
          <AlertHistory follow={close} />
        )}
      </div>
    </Drawer>
  );
}
