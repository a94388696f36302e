import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './dashboard-page.module.css';

/** The dashboard's shape while its first snapshot is on the way. */
export function DashboardSkeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={styles.page} role="status" aria-label={t('app.loading')} data-testid="skeleton">
      <Skeleton height="9.5rem" radius="lg" />
      <div className={styles.microphones}>
        <Skeleton height="9rem" radius="md" />
      </div>
      <div className={styles.cards}>
        <Skeleton height="8rem" radius="md" />
        <Skeleton height="8rem" radius="md" />
        <Skeleton height="8rem" radius="md" />
      </div>
    </div>
  );
}
