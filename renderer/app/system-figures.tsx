import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFreshness, useSnapshot } from '../stores/station-view';
import { useFormat } from './format/use-format';
import styles from './system-figures.module.css';

/** Disk, CPU, memory, temperature, uptime, version: the laptop's footer and the touchscreen's "More". */
export function SystemFigures(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const snapshot = useSnapshot();
  const { stale } = useFreshness();
  const host = snapshot?.host;
  const unknown = '–';
  const cores = host?.cpuPercentPerCore ?? [];
  const figures = [
    {
      label: t('footer.disk'),
      value:
        host === undefined || host.dataDisk === null
          ? unknown
          : t('footer.diskFree', {
              free: format.bytes(host.dataDisk.freeBytes),
              total: format.bytes(host.dataDisk.totalBytes),
            }),
    },
    {
      label: t('footer.cpu'),
      value:
        cores.length === 0
          ? unknown
          : format.percent(cores.reduce((sum, core) => sum + core, 0) / cores.length),
    },
    {
      label: t('footer.memory'),
      value:
        host === undefined
          ? unknown
          : t('footer.memoryUsed', {
              used: format.bytes(host.memoryUsedBytes),
              total: format.bytes(host.memoryTotalBytes),
            }),
    },
    {
      label: t('footer.temperature'),
      value:
        host === undefined || host.temperatureC === null
          ? unknown
          : format.temperature(host.temperatureC),
    },
    {
      label: t('footer.uptime'),
      value: snapshot === null ? unknown : format.age(snapshot.station.uptimeS),
    },
    { label: t('footer.version'), value: snapshot?.station.version ?? unknown },
  ];
  return (
    <dl className={styles.figures} data-stale={stale ? '' : undefined}>
      {figures.map(({ label, value }) => (
        <div key={label} className={styles.figure}>
          <dt>{label}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}
