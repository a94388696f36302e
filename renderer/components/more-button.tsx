import { Button } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './entry-list.module.css';

/** The end of a list of which more can be asked for. Nothing where that was all. */
export function MoreButton({
  query,
}: {
  readonly query: {
    readonly hasNextPage: boolean;
    readonly isFetchingNextPage: boolean;
    readonly fetchNextPage: () => unknown;
  };
}): ReactNode {
  const { t } = useTranslation();
  if (!query.hasNextPage) return null;
  return (
    <div className={styles.more}>
      <Button
        variant="default"
        loading={query.isFetchingNextPage}
        data-testid="show-more"
        onClick={() => {
          query.fetchNextPage();
        }}
      >
        {t('common.showMore')}
      </Button>
    </div>
  );
}
