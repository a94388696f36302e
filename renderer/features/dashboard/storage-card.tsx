import type { HostStatus } from '@shared/model/station';
import { useQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Card } from '../../components/card';
import titles from './card-title.module.css';
import styles from './storage-card.module.css';

/** How full the data disk is, and how long it will do. Red from 95 %: what is recorded next is at risk. */
export function StorageCard({ disk }: { readonly disk: HostStatus['dataDisk'] }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  if (disk === null) {
    return (
      <Card labelledBy={id} data-testid="storage-card">
        <h2 id={id} className={titles.title}>
          {t('dashboard.storage')}
        </h2>
        <p className={titles.quiet}>{t('dashboard.storageUnknown')}</p>
      </Card>
    );
  }
  const level = disk.usedPercent >= 95 ? 'danger' : disk.usedPercent >= 80 ? 'attention' : 'calm';
  return (
    <Card labelledBy={id} data-testid="storage-card">
      <h2 id={id} className={titles.title}>
        {t('dashboard.storage')}
      </h2>
      <p className={titles.big}>
        {t('dashboard.storageUsed', { percent: format.percent(disk.usedPercent) })}
      </p>
      <div
        className={styles.track}
        role="meter"
        aria-labelledby={id}
        aria-valuenow={Math.round(disk.usedPercent)}
        aria-valuemin={0}
        aria-valuemax={100}
      >
        <div
          className={styles.fill}
          data-level={level}
          style={{ width: `${String(disk.usedPercent)}%` }}
        />
      </div>
      <p className={titles.quiet}>
        {t('dashboard.storageFree', {
          free: format.bytes(disk.freeBytes),
          total: format.bytes(disk.totalBytes),
        })}
      </p>
      {disk.inodesUsedPercent !== null && disk.inodesUsedPercent >= 80 ? (
        <p className={titles.quiet}>
          {t('dashboard.storageInodes', { percent: format.percent(disk.inodesUsedPercent) })}
        </p>
      ) : null}
      <StorageOutlook />
    </Card>
  );
}

/** When the disk is full, and when the first recording is lost that is nowhere else; nothing while nobody knows. */
function StorageOutlook(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const { data } = useQuery(queries.janitor.status.queryOptions({ refetchInterval: SLOW_POLL_MS }));
  const fullAt = data?.forecast?.fullAt ?? null;
  const lossAt = data?.forecast?.firstLossAt ?? null;
  return (
    <>
      {fullAt === null ? null : (
        <p className={titles.quiet} data-testid="storage-full-at">
          {t('storage.fullOn', { time: format.instant(fullAt, 'dayMinute') })}
        </p>
      )}
      {lossAt === null ? null : (
        <p className={styles.loss} data-testid="storage-first-loss">
          {t('storage.firstLoss', { time: format.instant(lossAt, 'dayMinute') })}
        </p>
      )}
      <Link href="/storage" className={titles.link}>
        {t('storage.show')}
      </Link>
    </>
  );
}
