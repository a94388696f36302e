import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './page-skeleton.module.css';

/** The shape of any page while its code is on the way. */
export function PageSkeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={styles.page} data-testid="skeleton" role="status" aria-label={t('app.loading')}>
      <Skeleton height="2rem" width="12rem" radius="sm" />
      <Skeleton height="10rem" radius="md" />
      <Skeleton height="10rem" radius="md" />
    </div>
  );
}
