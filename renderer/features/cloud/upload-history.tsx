import type { CloudErrorCode, Remote } from '@shared/model/remote';
import type { UploadAttempt } from '@shared/model/upload';
import { SegmentedControl, Select } from '@mantine/core';
import { IconAlertTriangle, IconCircleCheck } from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Asked } from '../../components/asked';
import { Card } from '../../components/card';
import { DayField } from '../../components/day-field';
import { Detail } from '../../components/detail';
import entries from '../../components/entry-list.module.css';
import { MoreButton } from '../../components/more-button';
import { StatusBadge } from '../../components/status-badge';
import styles from './cloud-page.module.css';
import { ALL_UPLOADS, toUploadFilter, type ChosenUploads } from './upload-filter';

const PAGE = 20;
const CODES: readonly CloudErrorCode[] = [
  'OFFLINE',
  'TIMEOUT',
  'AUTH',
  'FORBIDDEN',
  'QUOTA',
  'RATE_LIMITED',
  'NOT_FOUND',
  'TLS_CLOCK',
  'LOCAL_MISSING',
  'ENCODE',
  'MISMATCH',
  'UNKNOWN',
];

/** Every attempt to send a recording, the newest first; those that failed say why and what to do. */
export function UploadHistory({ remotes }: { readonly remotes: readonly Remote[] }): ReactNode {
  const { t } = useTranslation();
  const { timeZone } = useFormat();
  const { queries } = useStation();
  const id = useId();
  const [chosen, setChosen] = useState<ChosenUploads>(ALL_UPLOADS);
  const filter = toUploadFilter(chosen, timeZone);
  const history = useInfiniteQuery(
    queries.uploads.list.infiniteOptions({
      input: (cursor: string | undefined) => ({
        filter,
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  const names = new Map(remotes.map(({ slug, name }) => [slug, name]));
  const put = (change: Partial<ChosenUploads>): void => {
    setChosen({ ...chosen, ...change });
  };
  const filtered = Object.keys(filter).length > 0;
  return (
    <Card labelledBy={id} className={styles.card} data-testid="upload-history">
      <h2 id={id} className={styles.heading}>
        {t('cloud.history')}
      </h2>
      <div
        className={styles.filters}
        role="search"
        aria-label={t('cloud.historyFilters')}
        data-testid="upload-filters"
      >
        <div>
          <span className={styles.caption}>{t('cloud.result')}</span>
          <SegmentedControl
            aria-label={t('cloud.result')}
            value={chosen.result}
            onChange={(result) => {
              put({ result, ...(result === 'failed' ? {} : { code: null }) });
            }}
            data={(['all', 'done', 'failed'] as const).map((value) => ({
              value,
              label: t(`cloud.result_${value}`),
            }))}
            data-testid="upload-result"
          />
        </div>
        {chosen.result === 'failed' ? (
          <Select
            label={t('cloud.reason')}
            className={styles.choice}
            placeholder={t('cloud.anyReason')}
            data={CODES.map((value) => ({ value, label: t(`cloudError.${value}.text`) }))}
            value={chosen.code}
            onChange={(value) => {
              put({ code: CODES.find((code) => code === value) ?? null });
            }}
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            data-testid="upload-code"
          />
        ) : null}
        {remotes.length < 2 ? null : (
          <Select
            label={t('cloud.remote')}
            className={styles.choice}
            placeholder={t('cloud.allRemotes')}
            data={remotes.map(({ slug, name }) => ({ value: slug, label: name }))}
            value={chosen.remote}
            onChange={(remote) => {
              put({ remote });
            }}
            clearable
            clearButtonProps={{ 'aria-label': t('common.clear') }}
            data-testid="upload-remote"
          />
        )}
        <DayField
          stacked
          label={t('recordings.from')}
          value={chosen.fromDay}
          change={(fromDay) => {
            put({ fromDay });
          }}
          data-testid="upload-from"
        />
        <DayField
          stacked
          label={t('recordings.to')}
          value={chosen.toDay}
          change={(toDay) => {
            put({ toDay });
          }}
          data-testid="upload-to"
        />
      </div>
      <Asked query={history}>
        {({ pages }) =>
          pages[0]?.items.length === 0 ? (
            <p className={styles.quiet} data-testid="no-uploads">
              {t(filtered ? 'cloud.historyNoMatch' : 'cloud.historyNothing')}
            </p>
          ) : (
            <ul className={entries.list}>
              {pages
                .flatMap(({ items }) => items)
                .map((attempt) => (
                  <Entry
                    key={attempt.id}
                    attempt={attempt}
                    remote={names.get(attempt.remote) ?? attempt.remote}
                  />
                ))}
            </ul>
          )
        }
      </Asked>
      <MoreButton query={history} />
    </Card>
  );
}

function Entry({
  attempt,
  remote,
}: {
  readonly attempt: UploadAttempt;
  /** What people call it. */
  readonly remote: string;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { recordingId, at, success, code, sizeBytes, durationS, path, message } = attempt;
  return (
    <li className={entries.entry} data-testid="upload" data-success={success} data-code={code}>
      <div className={entries.line}>
        <strong>{format.instant(at, 'dateTime')}</strong>
        <span>{remote}</span>
        <Link href={`/recordings/${String(recordingId)}`} className={entries.link}>
          {t('cloud.transferOf', { id: recordingId })}
        </Link>
        <span className={styles.quiet}>
          {[
            ...(sizeBytes === null ? [] : [format.bytes(sizeBytes)]),
            ...(durationS === null ? [] : [format.measured(durationS)]),
          ].join(' · ')}
        </span>
        <span className={entries.push}>
          <StatusBadge
            tone={success ? 'good' : 'attention'}
            icon={success ? IconCircleCheck : IconAlertTriangle}
          >
            {success ? t('cloud.arrived') : t(`cloudError.${code ?? 'UNKNOWN'}.text`)}
          </StatusBadge>
        </span>
      </div>
      {success ? null : (
        <p className={entries.text}>{t(`cloudError.${code ?? 'UNKNOWN'}.advice`)}</p>
      )}
      <Detail text={[path, message].filter((line) => line !== '').join('\n')} />
    </li>
  );
}
