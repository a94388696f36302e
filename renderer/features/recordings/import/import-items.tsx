import type { ImportItem, ImportItemState } from '@shared/model/import';
import { Button, Skeleton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBan,
  IconCircleCheck,
  IconCopy,
  IconFirstAidKit,
  IconHourglass,
  IconTrash,
  type Icon,
} from '@tabler/icons-react';
import { useInfiniteQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { LoadFailed } from '../../../components/load-failed';
import { StatusBadge } from '../../../components/status-badge';
import type { Tone } from '../../../components/tone';
import styles from '../dialog.module.css';
import own from './import.module.css';

const PAGE = 100;
const RUNNING_POLL_MS = 2_000;

const LOOK: Readonly<Record<ImportItemState, { readonly tone: Tone; readonly icon: Icon }>> = {
  waiting: { tone: 'neutral', icon: IconHourglass },
  imported: { tone: 'good', icon: IconCircleCheck },
  repaired: { tone: 'attention', icon: IconFirstAidKit },
  duplicate: { tone: 'neutral', icon: IconCopy },
  in_bin: { tone: 'attention', icon: IconTrash },
  refused: { tone: 'attention', icon: IconBan },
  failed: { tone: 'danger', icon: IconAlertTriangle },
};

interface Props {
  readonly id: number;
  /** Only these; null: every one. */
  readonly state: ImportItemState | null;
  readonly going: boolean;
}

/** What became of each file. */
export function ImportItems({ id, state, going }: Props): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const items = useInfiniteQuery(
    queries.imports.items.infiniteOptions({
      input: (afterId: number) => ({
        id,
        afterId,
        limit: PAGE,
        ...(state === null ? {} : { state }),
      }),
      initialPageParam: 0,
      getNextPageParam: (page) => (page.length < PAGE ? undefined : page.at(-1)?.id),
      staleTime: 0,
      refetchInterval: going ? RUNNING_POLL_MS : false,
    }),
  );
  if (items.data === undefined)
    return items.isError ? (
      <LoadFailed
        error={items.error}
        retry={() => {
          void items.refetch();
        }}
      />
    ) : (
      <Skeleton height="6rem" radius="sm" role="status" aria-label={t('app.loading')} />
    );
  const rows = items.data.pages.flat();
  if (rows.length === 0) return <p className={styles.quiet}>{t('import.noFiles')}</p>;
  return (
    <>
      <ul
        className={own.items}
        tabIndex={0}
        aria-label={t('import.report')}
        data-testid="import-items"
      >
        {rows.map((item) => (
          <Row key={item.id} item={item} />
        ))}
      </ul>
      {items.hasNextPage ? (
        <Button
          variant="default"
          loading={items.isFetchingNextPage}
          onClick={() => {
            void items.fetchNextPage();
          }}
        >
          {t('import.more')}
        </Button>
      ) : null}
    </>
  );
}

function Row({ item }: { readonly item: ImportItem }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { tone, icon } = LOOK[item.state];
  return (
    <li className={own.item} data-testid="import-item" data-state={item.state}>
      <StatusBadge tone={tone} icon={icon}>
        {t(`importItem.${item.state}`)}
      </StatusBadge>
      <span className={own.words} title={item.path}>
        {item.recordingId === null ? (
          item.path
        ) : (
          <Link href={`/recordings/${String(item.recordingId)}`}>{item.path}</Link>
        )}
      </span>
      <span>{format.bytes(item.sizeBytes)}</span>
      {item.time === null && item.detail === '' ? null : (
        <span className={own.more}>
          {item.time === null
            ? ''
            : `${format.instant(item.time, 'dateTime')}${item.timeSource === null ? '' : ` (${t(`timeSource.${item.timeSource}`)})`} `}
          <span lang="en">{item.detail}</span>
        </span>
      )}
    </li>
  );
}
