import type { Removal, Remote } from '@shared/model/remote';
import type { Reconciliation } from '@shared/model/custody';
import { Button } from '@mantine/core';
import {
  IconHistory,
  IconListCheck,
  IconPencil,
  IconPlayerPause,
  IconPlayerPlay,
  IconPlugConnected,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { ErrorNote } from '../../components/error-note';
import styles from './cloud-page.module.css';
import { RemoteTestResult } from './remote-test-result';

/** What can be done with a remote. A button stays busy until the station has answered. */
export function RemoteActions({ remote }: { readonly remote: Remote }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState<'remove' | 'backfill' | null>(null);
  const { slug, name } = remote;
  const onSettled = (): Promise<void> =>
    queryClient.invalidateQueries({ queryKey: queries.remotes.key() });
  const pause = useMutation(queries.remotes.pause.mutationOptions({ onSettled }));
  const resume = useMutation(queries.remotes.resume.mutationOptions({ onSettled }));
  const backfill = useMutation(queries.remotes.backfill.mutationOptions({ onSettled }));
  const remove = useMutation(queries.remotes.remove.mutationOptions({ onSettled }));
  const reconcile = useMutation(queries.remotes.reconcile.mutationOptions({ onSettled }));
  const test = useMutation(queries.remotes.test.mutationOptions({ onSettled }));
  // Nothing is asked about before it is known what it comes to.
  const removal = useMutation(
    queries.remotes.removalPlan.mutationOptions({
      onSuccess: () => {
        setAsking('remove');
      },
    }),
  );
  const compared = useQuery(queries.remotes.reconciliation.queryOptions({ input: { slug } }));
  const all = [pause, resume, backfill, removal, remove, reconcile, test];
  const busy = all.some(({ isPending }) => isPending);
  const latest = all.reduce((newest, one) => (one.submittedAt > newest.submittedAt ? one : newest));
  const comparing = compared.data?.finishedAt === null;
  const stopped =
    remote.state === 'paused' || remote.state === 'refused' || remote.state === 'full';
  const of = <span className="visually-hidden"> {name}</span>;
  const cancel = (): void => {
    setAsking(null);
  };
  return (
    <>
      <div className={styles.buttons}>
        {stopped ? (
          <Button
            leftSection={<IconPlayerPlay size={20} aria-hidden />}
            loading={resume.isPending}
            disabled={busy}
            data-testid="remote-resume"
            onClick={() => {
              resume.mutate({ slug });
            }}
          >
            {t(remote.state === 'paused' ? 'cloud.resume' : 'cloud.tryAgain')}
            {of}
          </Button>
        ) : null}
        {remote.state === 'paused' ? null : (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={20} aria-hidden />}
            loading={pause.isPending}
            disabled={busy}
            data-testid="remote-pause"
            onClick={() => {
              pause.mutate({ slug });
            }}
          >
            {t('cloud.pause')}
            {of}
          </Button>
        )}
        <Button
          variant="default"
          leftSection={<IconPlugConnected size={20} aria-hidden />}
          loading={test.isPending}
          disabled={busy}
          data-testid="remote-test"
          onClick={() => {
            test.mutate({ slug });
          }}
        >
          {t('cloud.test')}
          {of}
        </Button>
        <Button
          variant="default"
          leftSection={<IconHistory size={20} aria-hidden />}
          loading={backfill.isPending}
          disabled={busy}
          data-testid="remote-backfill"
          onClick={() => {
            setAsking('backfill');
          }}
        >
          {t('cloud.backfill')}
          {of}
        </Button>
        <Button
          variant="default"
          leftSection={<IconListCheck size={20} aria-hidden />}
          loading={reconcile.isPending || comparing}
          disabled={busy}
          data-testid="remote-reconcile"
          onClick={() => {
            reconcile.mutate({ slug });
          }}
        >
          {t('cloud.reconcile')}
          {of}
        </Button>
        <Button
          variant="default"
          leftSection={<IconPencil size={20} aria-hidden />}
          disabled={busy}
          data-testid="remote-edit"
          onClick={() => {
            navigate(`/cloud/edit/${slug}`);
          }}
        >
          {t('cloud.edit')}
          {of}
        </Button>
        <Button
          variant="default"
          leftSection={<IconTrash size={20} aria-hidden />}
          loading={removal.isPending || remove.isPending}
          disabled={busy}
          data-testid="remote-remove"
          onClick={() => {
            removal.mutate({ slug });
          }}
        >
          {t('cloud.remove')}
          {of}
        </Button>
      </div>
      <ErrorNote error={latest.error} />
      <div role="status">
        {backfill.data === undefined ? null : (
          <p className={styles.good} data-testid="backfilled">
            {t('cloud.backfilled', {
              count: backfill.data.recordings,
              formatted: format.count(backfill.data.recordings),
            })}
          </p>
        )}
        {test.data === undefined ? null : <RemoteTestResult result={test.data} />}
        {compared.data === undefined || compared.data === null ? null : (
          <Compared result={compared.data} />
        )}
      </div>
      <ConfirmDialog
        opened={asking === 'backfill'}
        title={t('cloud.backfillTitle', { name })}
        consequences={[t('cloud.backfillText'), t('cloud.backfillSafe')]}
        confirmLabel={t('cloud.backfillConfirm')}
        confirm={() => {
          setAsking(null);
          backfill.mutate({ slug });
        }}
        cancel={cancel}
      />
      <ConfirmDialog
        opened={asking === 'remove'}
        title={t('cloud.removeTitle', { name })}
        consequences={[
          t('cloud.removeText'),
          ...(removal.data === undefined ? [] : lossesOf(removal.data)),
          t('cloud.removeAgain'),
        ]}
        confirmLabel={t('cloud.removeConfirm')}
        confirm={() => {
          setAsking(null);
          remove.mutate({ slug });
        }}
        cancel={cancel}
      />
    </>
  );

  function lossesOf(plan: Removal): string[] {
    const sentence = (key: 'Copies' | 'OnlyThere' | 'Waiting', count: number): string[] =>
      count === 0 ? [] : [t(`cloud.remove${key}`, { count, formatted: format.count(count) })];
    return [
      ...sentence('OnlyThere', plan.onlyThere),
      ...sentence('Copies', plan.copies),
      ...sentence('Waiting', plan.waiting),
    ];
  }
}

/** What comparing the remote with the database came to. */
function Compared({ result }: { readonly result: Reconciliation }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { missing, different, unknown, agreed, problem, finishedAt } = result;
  const wrong = missing + different;
  return (
    <div data-testid="reconciliation" data-wrong={wrong}>
      <p className={wrong > 0 || problem !== null ? styles.note : styles.quiet}>
        {finishedAt === null
          ? t('cloud.comparing', { formatted: format.count(result.objects) })
          : t('cloud.compared', {
              time: format.instant(finishedAt, 'dayMinute'),
              agreed: format.count(agreed),
            })}
        {wrong > 0
          ? ` ${t('cloud.comparedWrong', {
              missing: format.count(missing),
              different: format.count(different),
            })}`
          : ''}
        {unknown > 0 ? ` ${t('cloud.comparedUnknown', { unknown: format.count(unknown) })}` : ''}
        {problem === null ? '' : ' '}
        {problem === null ? null : <span lang="en">{problem}</span>}
      </p>
    </div>
  );
}
