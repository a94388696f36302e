import type { Alert } from '@shared/model/station';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AlertList } from '../../components/alert-list';
import { Card } from '../../components/card';
import titles from './card-title.module.css';

export function AlertsCard({ alerts }: { readonly alerts: readonly Alert[] }): ReactNode {
  const { t } = useTranslation();
  const id = useId();
  return (
    <Card labelledBy={id} data-testid="alerts-card">
      <h2 id={id} className={titles.title}>
        {t('dashboard.alerts')}
      </h2>
      <AlertList alerts={alerts} />
    </Card>
  );
}
