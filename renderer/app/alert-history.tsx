import { Button, Skeleton } from '@mantine/core';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { AlertItem } from '../components/alert-list';
import { LoadFailed } from '../components/load-failed';
import styles from './alerts-drawer.module.css';
import { SLOW_POLL_MS } from './query-client';
import { useStation } from './station-context';

const PAGE_SIZE = 30;

/** Every alert that is still kept, the newest first; what is over says how long it lasted. */
export function AlertHistory({ follow }: { readonly follow: () => void }): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const history = useInfiniteQuery(
    queries.alerts.history.infiniteOptions({
      input: (beforeId: number | undefined) => ({
        limit: PAGE_SIZE,
        ...(beforeId === undefined ? {} : { beforeId }),
      }),
      initialPageParam: undefined,
      getNextPageParam: (page) => (page.length < PAGE_SIZE ? undefined : page.at(-1)?.id),
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  if (history.data === undefined) {
    return history.isError ? (
      <LoadFailed
        error={history.error}
        retry={() => {
          void history.refetch();
        }}
      />
    ) : (
      <Skeleton height="16rem" radius="md" role="status" aria-label={t('app.loading')} />
    );
  }
  const alerts = history.data.pages.flat();
  if (alerts.length === 0) return <p className={styles.end}>{t('alerts.never')}</p>;
  return (
    <>
      <ul className={styles.list} data-testid="alert-history">
        {alerts.map((alert) => (
          <AlertItem key={alert.id} alert={alert} follow={follow} />
        ))}
      </ul>
      {history.hasNextPage ? (
        <Button
          variant="default"
          loading={history.isFetchingNextPage}
          data-testid="alert-history-more"
          onClick={() => {
            void history.fetchNextPage();
          }}
        >
          {t('alerts.earlier')}
        </Button>
      ) : (
        <p className={styles.end}>{t('alerts.end')}</p>
      )}
    </>
  );
}
