import { Skeleton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './recorders-page.module.css';

export function RecordersSkeleton(): ReactNode {
  const { t } = useTranslation();
  return (
    <div
      className={styles.cards}
      role="status"
      aria-label={t('app.loading')}
      data-testid="skeleton"
    >
      <Skeleton height="22rem" radius="md" />
      <Skeleton height="22rem" radius="md" />
    </div>
  );
}
