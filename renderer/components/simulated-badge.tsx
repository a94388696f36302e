import { IconWaveSine } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { StatusBadge } from './status-badge';

/** A simulated microphone says so wherever it appears. */
export function SimulatedBadge(): ReactNode {
  const { t } = useTranslation();
  return (
    <StatusBadge
      tone="info"
      icon={IconWaveSine}
      title={t('app.simulatedHelp')}
      data-testid="simulated-badge"
    >
      {t('app.simulated')}
    </StatusBadge>
  );
}
