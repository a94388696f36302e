import type { Copy, Custody } from '@shared/model/custody';
import type { Recording } from '@shared/model/recording';
import { Button } from '@mantine/core';
import { IconCloudDown } from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat, type Format } from '../../app/format/use-format';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Asked } from '../../components/asked';
import { Detail } from '../../components/detail';
import { ErrorNote } from '../../components/error-note';
import { StatusBadge } from '../../components/status-badge';
import { TransferProgress } from '../../components/transfer-progress';
import { useTransfers } from '../../components/use-transfers';
import { COPY_TONE, CUSTODY_LOOK } from './custody-look';
import styles from './recording-panel.module.css';

/** Where a recording is, what proves it, and the way back for one that was deleted here. */
export function RecordingCustody({ recording }: { readonly recording: Recording }): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const recordingId = recording.id;
  const custody = useQuery(
    queries.custody.get.queryOptions({
      input: { recordingId },
      staleTime: 0,
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  const remotes = useQuery(queries.remotes.list.queryOptions());
  const names = new Map((remotes.data ?? []).map(({ slug, name }) => [slug, name]));
  const fetch = useMutation(
    queries.custody.fetch.mutationOptions({
      onSettled: () => {
        void queryClient.invalidateQueries({ queryKey: queries.recordings.key() });
        return queryClient.invalidateQueries({ queryKey: queries.custody.key() });
      },
    }),
  );
  return (
    <section
      className={styles.section}
      data-testid="custody"
      data-state={custody.data?.state ?? 'unknown'}
    >
      <h3 className={styles.fileTitle}>{t('custody.title')}</h3>
      <Asked query={custody}>
        {(known) => (
          <>
            <div className={styles.line}>
              <StatusBadge {...CUSTODY_LOOK[known.state]}>
                {t(`custodyState.${known.state}.text`)}
              </StatusBadge>
              {known.state === 'local_deleted' ? (
                <Button
                  leftSection={<IconCloudDown size={20} aria-hidden />}
                  loading={fetch.isPending}
                  data-testid="custody-fetch"
                  onClick={() => {
                    fetch.mutate({ recordingId });
                  }}
                >
                  {t('custody.fetch')}
                </Button>
              ) : null}
            </div>
            <p className={styles.plain}>{t(`custodyState.${known.state}.why`)}</p>
            <Story custody={known} names={names} />
            {known.copies.length === 0 ? null : (
              <ul className={styles.verdicts}>
                {known.copies.map((copy) => (
                  <CopyLine key={copy.remote} copy={copy} name={names.get(copy.remote)} />
                ))}
              </ul>
            )}
          </>
        )}
      </Asked>
      <MovingNow recordingId={recordingId} />
      <ErrorNote error={fetch.error} />
    </section>
  );
}

/** Its way to a remote or back, while it is on it. */
function MovingNow({ recordingId }: { readonly recordingId: number }): ReactNode {
  const moving = (useTransfers() ?? []).filter((one) => one.recordingId === recordingId);
  return moving.map((transfer) => (
    <TransferProgress key={`${transfer.remote} ${transfer.direction}`} transfer={transfer} />
  ));
}

/** When it was deleted here and why, and when it came back. */
function Story({
  custody: { deleted, fetchedBack },
  names,
}: {
  readonly custody: Custody;
  readonly names: ReadonlyMap<string, string>;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <>
      {deleted === null ? null : (
        <p className={styles.plain} data-testid="custody-deleted">
          {t('custody.deletedAt', { time: format.instant(deleted.at, 'dateTime') })}{' '}
          <span lang="en">{deleted.reason}</span>
        </p>
      )}
      {fetchedBack === null ? null : (
        <p className={styles.plain} data-testid="custody-fetched">
          {t(fetchedBack.sha256Matches ? 'custody.fetchedSame' : 'custody.fetchedOther', {
            time: format.instant(fetchedBack.at, 'dateTime'),
            name: names.get(fetchedBack.remote) ?? fetchedBack.remote,
          })}
        </p>
      )}
    </>
  );
}

/** What one remote has of it, and how that is known. */
function CopyLine({
  copy,
  name,
}: {
  readonly copy: Copy;
  readonly name: string | undefined;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { state, remote, verifiedAt, verifiedBy, code, nextAttemptAt } = copy;
  return (
    <li data-testid="copy" data-remote={remote} data-state={state}>
      <div className={styles.line}>
        <strong>{name ?? t('custody.removedRemote', { slug: remote })}</strong>
        <StatusBadge tone={COPY_TONE[state]}>{t(`copyState.${state}`)}</StatusBadge>
        {verifiedAt === null ? null : (
          <span className={styles.quiet}>
            {format.instant(verifiedAt, 'dateTime')}
            {verifiedBy === null ? '' : ` · ${t(`verifiedBy.${verifiedBy}`)}`}
          </span>
        )}
      </div>
      {code === null || state === 'verified' ? null : (
        <p className={styles.plain}>
          {t(`cloudError.${code}.text`)}. {t(`cloudError.${code}.advice`)}
          {nextAttemptAt === null || state !== 'failed'
            ? ''
            : ` ${t('custody.nextAttempt', { time: format.instant(nextAttemptAt, 'dateTime') })}`}
        </p>
      )}
      <Detail text={evidenceOf(copy, format)} />
    </li>
  );
}

function evidenceOf(copy: Copy, format: Format): string {
  return [
    copy.path,
    ...(copy.sizeBytes === null ? [] : [`size ${String(copy.sizeBytes)} B`]),
    ...(copy.sha256 === null ? [] : [`sha256 ${copy.sha256}`]),
    ...(copy.remoteId === null ? [] : [`remote id ${copy.remoteId}`]),
    ...(copy.uploadedAt === null ? [] : [`sent ${format.instant(copy.uploadedAt, 'dateTime')}`]),
    `attempts ${String(copy.attempts)}`,
  ].join('\n');
}
