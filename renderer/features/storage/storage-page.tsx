import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Asked } from '../../components/asked';
import { DeletionHistory } from './deletion-history';
import { DiskCard } from './disk-card';
import { ForecastCard } from './forecast-card';
import { PlanCard } from './plan-card';
import styles from './storage-page.module.css';

/** How full the disk is, how long that will do, what would go next, and what went and why. */
export function StoragePage(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const status = useQuery(
    queries.janitor.status.queryOptions({ staleTime: 0, refetchInterval: SLOW_POLL_MS }),
  );
  return (
    <div className={styles.page} data-testid="storage-page">
      <div className={styles.head}>
        <h1 className={styles.title}>{t('storage.title')}</h1>
        <Link href="/settings/storage" className={styles.link}>
          {t('storage.changeRules')}
        </Link>
      </div>
      <Asked query={status}>
        {(janitor) => (
          <div className={styles.top}>
            <DiskCard status={janitor} />
            <ForecastCard forecast={janitor.forecast} withoutRemotes={janitor.withoutRemotes} />
          </div>
        )}
      </Asked>
      <PlanCard />
      <DeletionHistory />
    </div>
  );
}
