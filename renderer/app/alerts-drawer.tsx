import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AlertList } from '../components/alert-list';
import { useSnapshot } from '../stores/station-view';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
}

export function AlertsDrawer({ opened, close }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="28rem"
      title={t('header.alerts')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <AlertList alerts={useSnapshot()?.alerts ?? []} />
    </Drawer>
  );
}
