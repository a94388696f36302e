import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFreshness } from '../stores/station-view';
import styles from './asked.module.css';
import { ErrorNote } from './error-note';

interface Props<Data> {
  readonly query: {
    readonly data: Data | undefined;
    readonly error: unknown;
    readonly isError: boolean;
    readonly refetch: () => unknown;
  };
  readonly children: (data: Data) => ReactNode;
}

/** What the station answered; before that a skeleton, instead of it why there is none, above it that it may be old. */
export function Asked<Data>({ query, children }: Props<Data>): ReactNode {
  const { t } = useTranslation();
  const { stale } = useFreshness();
  const { data } = query;
  if (data === undefined && !query.isError)
    return (
      <Skeleton
        height="6rem"
        radius="md"
        role="status"
        aria-label={t('app.loading')}
        data-testid="skeleton"
      />
    );
  return (
    <>
      {query.isError ? (
        <>
          <ErrorNote error={query.error} />
          <div>
            <Button
              variant="default"
              leftSection={<IconRefresh size={20} aria-hidden />}
              onClick={() => {
                query.refetch();
              }}
            >
              {t('common.retry')}
            </Button>
          </div>
        </>
      ) : null}
      {data !== undefined && (query.isError || stale) ? (
        <p className={styles.old} role="status" data-testid="health-old">
          {t('health.old')}
        </p>
      ) : null}
      {data === undefined ? null : children(data)}
    </>
  );
}
