import type { HostStatus } from '@shared/model/station';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Card } from '../../components/card';
import { Facts } from '../../components/facts';
import titles from './card-title.module.css';

export function HostCard({ host }: { readonly host: HostStatus }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const cores = host.cpuPercentPerCore;
  const cpu = cores.length === 0 ? null : cores.reduce((sum, core) => sum + core, 0) / cores.length;
  return (
    <Card labelledBy={id} data-testid="host-card">
      <h2 id={id} className={titles.title}>
        {t('dashboard.host')}
      </h2>
      <Facts
        facts={[
          {
            label: t('footer.cpu'),
            value:
              cpu === null
                ? '–'
                : `${format.percent(cpu)} · ${t('dashboard.cores', { count: cores.length })}`,
          },
          {
            label: t('footer.temperature'),
            value:
              host.temperatureC === null
                ? t('footer.unknown')
                : format.temperature(host.temperatureC),
          },
          {
            label: t('footer.memory'),
            value: t('footer.memoryUsed', {
              used: format.bytes(host.memoryUsedBytes),
              total: format.bytes(host.memoryTotalBytes),
            }),
          },
        ]}
      />
    </Card>
  );
}
