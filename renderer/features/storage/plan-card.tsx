import type { JanitorPlan } from '@shared/model/janitor';
import { Button } from '@mantine/core';
import { IconLock, IconRecycle, IconRefresh } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Asked } from '../../components/asked';
import { Card } from '../../components/card';
import { ConfirmDialog } from '../../components/confirm-dialog';
import { useDeviceNames } from '../../components/device-names';
import entries from '../../components/entry-list.module.css';
import { ErrorNote } from '../../components/error-note';
import { StatusBadge } from '../../components/status-badge';
import { SafeBadge } from './safe-badge';
import styles from './storage-page.module.css';

const MOST = 50;
const SHOWN_FIRST = 8;

/** What would be deleted next and what would stay, and why. Looking deletes nothing. */
export function PlanCard(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const id = useId();
  const [asking, setAsking] = useState(false);
  const plan = useQuery(
    queries.janitor.plan.queryOptions({
      input: { limit: MOST },
      staleTime: 0,
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  const run = useMutation(
    queries.janitor.run.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.janitor.key() }),
    }),
  );
  const due = plan.data !== undefined && plan.data.recordings > 0 && plan.data.held === null;
  return (
    <Card labelledBy={id} className={styles.card} data-testid="plan-card">
      <h2 id={id} className={styles.heading}>
        {t('storage.plan')}
      </h2>
      <Asked query={plan}>{(known) => <Plan plan={known} />}</Asked>
      <ErrorNote error={run.error} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconRefresh size={20} aria-hidden />}
          loading={plan.isFetching && !plan.isPending}
          data-testid="plan-again"
          onClick={() => {
            void plan.refetch();
          }}
        >
          {t('storage.planAgain')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconRecycle size={20} aria-hidden />}
          loading={run.isPending}
          disabled={!due}
          data-testid="janitor-run"
          onClick={() => {
            setAsking(true);
          }}
        >
          {t('storage.runNow')}
        </Button>
      </div>
      {plan.data === undefined ? null : (
        <ConfirmDialog
          opened={asking}
          title={t('storage.runTitle')}
          consequences={[
            summary(plan.data),
            t('storage.runText'),
            ...(plan.data.items.some(({ safe }) => !safe) ? [t('storage.runUnsafe')] : []),
          ]}
          confirmLabel={t('storage.runConfirm')}
          confirm={() => {
            setAsking(false);
            run.mutate(undefined);
          }}
          cancel={() => {
            setAsking(false);
          }}
        />
      )}
    </Card>
  );

  function summary({ recordings, bytes }: JanitorPlan): string {
    return t('storage.planSum', {
      count: recordings,
      formatted: format.count(recordings),
      bytes: format.bytes(bytes),
    });
  }
}

function Plan({ plan }: { readonly plan: JanitorPlan }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const names = useDeviceNames();
  const [all, setAll] = useState(false);
  const items = all ? plan.items : plan.items.slice(0, SHOWN_FIRST);
  const kept = plan.kept.filter(({ recordings }) => recordings > 0);
  return (
    <>
      {plan.held === null ? null : (
        <p className={styles.note} role="status" data-testid="plan-held">
          <strong>{t('storage.held')}</strong> {t('storage.heldWhy')}{' '}
          <span lang="en">{plan.held}</span>
        </p>
      )}
      <p data-testid="plan-sum" data-recordings={plan.recordings}>
        {plan.recordings === 0
          ? t('storage.planNothing')
          : t('storage.planSum', {
              count: plan.recordings,
              formatted: format.count(plan.recordings),
              bytes: format.bytes(plan.bytes),
            })}{' '}
        {t('storage.planLooking')}
        {plan.wantedFiles > 0
          ? ` ${t('storage.planFiles', { count: plan.wantedFiles, formatted: format.count(plan.wantedFiles) })}`
          : ''}
      </p>
      {items.length === 0 ? null : (
        <ul className={entries.list}>
          {items.map((item) => (
            <li key={item.recordingId} className={entries.entry} data-testid="planned">
              <div className={entries.line}>
                <Link href={`/recordings/${String(item.recordingId)}`} className={entries.link}>
                  {format.instant(item.time, 'dateTime')}
                </Link>
                <span>{names.get(item.device) ?? item.device}</span>
                <span>{format.bytes(item.sizeBytes)}</span>
                <span className={entries.text}>{t(`deletionReason.${item.reason}`)}</span>
                <span className={entries.push}>
                  {item.protected ? (
                    <StatusBadge tone="attention" icon={IconLock}>
                      {t('storage.protected')}
                    </StatusBadge>
                  ) : null}
                  <SafeBadge safe={item.safe} />
                </span>
              </div>
            </li>
          ))}
        </ul>
      )}
      {plan.items.length > SHOWN_FIRST ? (
        <div>
          <Button
            variant="subtle"
            aria-expanded={all}
            data-testid="plan-all"
            onClick={() => {
              setAll(!all);
            }}
          >
            {all
              ? t('storage.planFewer')
              : t('storage.planMore', { count: plan.items.length - SHOWN_FIRST })}
          </Button>
        </div>
      ) : null}
      {plan.recordings > plan.items.length ? (
        <p className={styles.quiet}>
          {t('storage.planRest', {
            count: plan.recordings - plan.items.length,
            formatted: format.count(plan.recordings - plan.items.length),
          })}
        </p>
      ) : null}
      {kept.length === 0 ? null : (
        <div data-testid="plan-kept">
          <strong>{t('storage.kept')}</strong>
          <ul className={styles.kept}>
            {kept.map(({ reason, recordings }) => (
              <li key={reason} data-reason={reason}>
                {t('storage.keptCount', {
                  count: recordings,
                  formatted: format.count(recordings),
                })}{' '}
                {t(`keptReason.${reason}`)}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}
