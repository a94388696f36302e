import type { Selection } from '@shared/model/recording';
import { Button, Skeleton, TextInput } from '@mantine/core';
import { IconTrashX } from '@tabler/icons-react';
import { useMutation, useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { Dialog } from '../../components/dialog';
import { ErrorNote } from '../../components/error-note';
import { Facts } from '../../components/facts';
import { LoadFailed } from '../../components/load-failed';
import styles from './dialog.module.css';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly selection: Selection | null;
  readonly purged: () => void;
}

/** What is to go for ever is told first; then the number is typed, and a reason given. */
export function PurgeDialog({ opened, close, selection, purged }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('purge.title')}>
      {selection === null ? null : <Plan close={close} selection={selection} purged={purged} />}
    </Dialog>
  );
}

function Plan({
  selection,
  close,
  purged,
}: Omit<Props, 'opened' | 'selection'> & { readonly selection: Selection }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { client, queries } = useStation();
  const [typed, setTyped] = useState('');
  const [reason, setReason] = useState('');
  const plan = useQuery(
    queries.recordings.purgePlan.queryOptions({
      input: { selection },
      staleTime: 0,
      gcTime: 0,
      refetchOnMount: 'always',
    }),
  );
  const purge = useMutation({
    mutationFn: () => client.recordings.purge({ selection, confirm: typed.trim(), reason }),
    onSuccess: () => {
      purged();
    },
    onError: () => {
      // The plan may no longer be true.
      void plan.refetch();
    },
  });
  if (purge.isSuccess)
    return (
      <div className={styles.body} role="status" data-testid="purged">
        <p>
          {t('purge.done', {
            count: purge.data.recordings,
            formatted: format.count(purge.data.recordings),
            bytes: format.bytes(purge.data.bytes),
          })}
        </p>
        {purge.data.failed === 0 ? null : (
          <p className={styles.danger} role="alert">
            {t('purge.failed', {
              count: purge.data.failed,
              formatted: format.count(purge.data.failed),
            })}
          </p>
        )}
        <div className={styles.buttons}>
          <Button onClick={close}>{t('common.close')}</Button>
        </div>
      </div>
    );
  if (plan.data === undefined)
    return plan.isError ? (
      <LoadFailed
        error={plan.error}
        retry={() => {
          void plan.refetch();
        }}
      />
    ) : (
      <Skeleton height="12rem" radius="md" role="status" aria-label={t('app.loading')} />
    );
  const { recordings, files, bytes, notUploaded, from, to } = plan.data;
  const right = typed.trim() === String(recordings);
  return (
    <form
      className={styles.body}
      noValidate
      data-testid="purge-dialog"
      onSubmit={(event) => {
        event.preventDefault();
        if (right && reason.trim() !== '' && !purge.isPending) purge.mutate();
      }}
    >
      <p>{t('purge.help')}</p>
      <Facts
        facts={[
          { label: t('purge.recordings'), value: format.count(recordings) },
          { label: t('purge.files'), value: format.count(files) },
          { label: t('purge.bytes'), value: format.bytes(bytes) },
          ...(from === null || to === null
            ? []
            : [
                { label: t('purge.from'), value: format.instant(from, 'dateTime') },
                { label: t('purge.to'), value: format.instant(to, 'dateTime') },
              ]),
        ]}
      />
      {notUploaded > 0 ? (
        <p className={styles.danger} data-testid="purge-not-uploaded">
          <strong>
            {t('purge.notUploaded', {
              count: notUploaded,
              formatted: format.count(notUploaded),
            })}
          </strong>
        </p>
      ) : null}
      <TextInput
        label={t('purge.reason')}
        description={t('purge.reasonHelp')}
        maxLength={500}
        value={reason}
        onChange={(event) => {
          setReason(event.currentTarget.value);
        }}
        data-testid="purge-reason"
      />
      <TextInput
        label={t('purge.confirm', { number: String(recordings) })}
        inputMode="numeric"
        autoComplete="off"
        maxLength={20}
        className={styles.narrow}
        value={typed}
        error={typed !== '' && !right && !String(recordings).startsWith(typed.trim())}
        onChange={(event) => {
          setTyped(event.currentTarget.value);
        }}
        data-testid="purge-confirm"
      />
      <ErrorNote error={purge.error} />
      <div className={styles.buttons}>
        <Button variant="default" onClick={close} data-autofocus>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          color="red"
          disabled={!right || recordings === 0 || reason.trim() === ''}
          loading={purge.isPending}
          leftSection={<IconTrashX size={20} aria-hidden />}
          data-testid="purge-accept"
        >
          {t('purge.accept')}
        </Button>
      </div>
    </form>
  );
}
