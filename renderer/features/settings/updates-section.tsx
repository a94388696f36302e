import type { Settings } from '@shared/model/settings';
import { Button, Skeleton } from '@mantine/core';
import { IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { Detail } from '../../components/detail';
import { ErrorNote } from '../../components/error-note';
import { Facts } from '../../components/facts';
import { ChoiceSetting } from './choice-setting';
import { readOptionalText } from './read-value';
import styles from './settings-page.module.css';
import { TextSetting } from './text-setting';

export function UpdatesSection({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const status = useQuery(queries.updates.status.queryOptions({ staleTime: 0 }));
  const check = useMutation(
    queries.updates.check.mutationOptions({
      onSuccess: (answer) => {
        queryClient.setQueryData(queries.updates.status.queryKey(), answer);
      },
    }),
  );
  const known = status.data;
  const state = check.isPending ? 'checking' : known?.state;
  return (
    <div className={styles.fields}>
      <TextSetting
        setting="updates.feed_url"
        label={t('settings.feedUrl')}
        help={t('settings.feedUrlHelp')}
        value={settings.updates.feed_url ?? ''}
        inputMode="url"
        read={readOptionalText}
      />
      <ChoiceSetting
        setting="updates.channel"
        label={t('settings.channel')}
        value={settings.updates.channel}
        options={[
          { value: 'latest', label: t('settings.channelLatest') },
          { value: 'beta', label: t('settings.channelBeta') },
        ]}
      />
      {known === undefined || state === undefined ? (
        status.isError ? (
          <ErrorNote error={status.error} />
        ) : (
          <Skeleton height="5rem" radius="md" role="status" aria-label={t('app.loading')} />
        )
      ) : (
        <div className={styles.result} role="status" data-testid="update-state" data-state={state}>
          <Facts
            facts={[
              { label: t('settings.currentVersion'), value: known.currentVersion },
              {
                label: t('settings.checkedAt'),
                value:
                  known.checkedAt === null
                    ? t('common.never')
                    : format.instant(known.checkedAt, 'dateTime'),
              },
            ]}
          />
          <p>
            <strong>
              {t(`updateState.${state}.text`, { version: known.availableVersion ?? '' })}
            </strong>
          </p>
          <p className={styles.quiet}>{t(`updateState.${state}.advice`)}</p>
          <Detail text={known.error ?? ''} />
        </div>
      )}
      <ErrorNote error={check.error} />
      <div>
        <Button
          leftSection={<IconRefresh size={20} aria-hidden />}
          loading={check.isPending}
          data-testid="update-check"
          onClick={() => {
            check.mutate(undefined);
          }}
        >
          {t('settings.checkNow')}
        </Button>
      </div>
    </div>
  );
}
