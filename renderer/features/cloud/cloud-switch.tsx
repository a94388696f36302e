import { Button } from '@mantine/core';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import styles from './cloud-page.module.css';

/** That nothing is sent because cloud sync is off as a whole, and the way to switch it on. Nothing while it is on. */
export function CloudSwitch(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const settings = useQuery(queries.settings.get.queryOptions());
  const set = useMutation(
    queries.settings.set.mutationOptions({
      onSuccess: (saved) => {
        queryClient.setQueryData(queries.settings.get.queryKey(), saved);
        void queryClient.invalidateQueries({ queryKey: queries.remotes.key() });
      },
    }),
  );
  if (settings.data?.cloud_sync.enabled !== false) return null;
  return (
    <div className={styles.note} role="status" data-testid="cloud-off">
      <p>
        <strong>{t('cloud.off')}</strong> {t('cloud.offText')}
      </p>
      <Button
        loading={set.isPending}
        data-testid="cloud-on"
        onClick={() => {
          set.mutate({ key: 'cloud_sync.enabled', value: true });
        }}
      >
        {t('cloud.switchOn')}
      </Button>
      <ErrorNote error={set.error} />
    </div>
  );
}
