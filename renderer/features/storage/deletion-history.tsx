import type { Deletion } from '@shared/model/janitor';
import { useInfiniteQuery } from '@tanstack/react-query';
import { useId, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { SLOW_POLL_MS } from '../../app/query-client';
import { useStation } from '../../app/station-context';
import { Asked } from '../../components/asked';
import { Card } from '../../components/card';
import { Detail } from '../../components/detail';
import entries from '../../components/entry-list.module.css';
import { MoreButton } from '../../components/more-button';
import { SafeBadge } from './safe-badge';
import styles from './storage-page.module.css';

const PAGE = 20;

/** What was deleted here, the newest first, each with the rule that it fell under and what was known then. */
export function DeletionHistory(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const id = useId();
  const history = useInfiniteQuery(
    queries.janitor.history.infiniteOptions({
      input: (cursor: string | undefined) => ({
        limit: PAGE,
        ...(cursor === undefined ? {} : { cursor }),
      }),
      initialPageParam: undefined,
      getNextPageParam: (page) => page.nextCursor ?? undefined,
      refetchInterval: SLOW_POLL_MS,
    }),
  );
  return (
    <Card labelledBy={id} className={styles.card} data-testid="deletion-history">
      <h2 id={id} className={styles.heading}>
        {t('storage.history')}
      </h2>
      <Asked query={history}>
        {({ pages }) =>
          pages[0]?.items.length === 0 ? (
            <p className={styles.quiet}>{t('storage.historyNothing')}</p>
          ) : (
            <ul className={entries.list}>
              {pages
                .flatMap(({ items }) => items)
                .map((deletion) => (
                  <Entry key={deletion.id} deletion={deletion} />
                ))}
            </ul>
          )
        }
      </Asked>
      <MoreButton query={history} />
    </Card>
  );
}

function Entry({ deletion }: { readonly deletion: Deletion }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { recordingId, paths, mode, reason } = deletion;
  return (
    <li className={entries.entry} data-testid="deletion" data-reason={reason}>
      <div className={entries.line}>
        <strong>{format.instant(deletion.at, 'dateTime')}</strong>
        <span>{t(`deletionReason.${reason}`)}</span>
        <span className={styles.quiet}>{t(`janitorMode.${mode}.text`)}</span>
        <span>{format.bytes(deletion.sizeBytes)}</span>
        <span className={entries.push}>
          <SafeBadge safe={deletion.safe} />
        </span>
      </div>
      <p className={entries.text} lang="en">
        {deletion.explanation}
      </p>
      <div className={entries.line}>
        {recordingId === null ? null : (
          <Link href={`/recordings/${String(recordingId)}`} className={entries.link}>
            {t('storage.showRecording')}
          </Link>
        )}
        <Detail text={paths.join('\n')} />
      </div>
    </li>
  );
}
