import { Button, Drawer, Skeleton } from '@mantine/core';
import { IconFilter, IconListSearch, IconWaveSine } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link, useLocation, useParams } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { LoadFailed } from '../../components/load-failed';
import { PageMessage } from '../../components/page-message';
import { useCompact } from '../../components/use-compact';
import { isFiltered, NO_FILTER, rangeIsBackwards, toRecordingFilter } from './recording-filter';
import { RecordingFilters } from './recording-filters';
import { RecordingPanel } from './recording-panel';
import { RecordingTable } from './recording-table';
import styles from './recordings-page.module.css';
import { useRecordingList } from './use-recording-list';

export function RecordingsPage(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const compact = useCompact();
  const { queries } = useStation();
  const [, navigate] = useLocation();
  const { id } = useParams();
  const selectedId = id !== undefined && /^\d+$/.test(id) ? Number(id) : null;

  const [chosen, setChosen] = useState(NO_FILTER);
  const [filtersOpen, setFiltersOpen] = useState(false);
  const [atTop, setAtTop] = useState(true);
  const usable = rangeIsBackwards(chosen) ? NO_FILTER : chosen;
  const filter = useMemo(
    () => toRecordingFilter(usable, format.timeZone),
    [usable, format.timeZone],
  );
  const list = useRecordingList(filter, atTop);
  const devices = useQuery(queries.devices.list.queryOptions());
  const names = useMemo(
    () => new Map((devices.data ?? []).map((device) => [device.name, device.displayName])),
    [devices.data],
  );

  const select = (recordingId: number | null): void => {
    navigate(recordingId === null ? '/recordings' : `/recordings/${String(recordingId)}`, {
      replace: selectedId !== null,
    });
  };
  const close = (): void => {
    select(null);
  };
  const filters = (
    <RecordingFilters
      chosen={chosen}
      change={(next) => {
        setChosen(next);
        setAtTop(true);
      }}
      names={names}
      seen={list.rows}
    />
  );
  return (
    <div className={styles.page}>
      <div className={styles.head}>
        <h1 className={styles.title}>{t('recordings.title')}</h1>
        <p className={styles.total} role="status" data-testid="recordings-count">
          {list.total === null
            ? t('recordings.counting')
            : t('recordings.total', { count: list.total, formatted: format.count(list.total) })}
        </p>
        {compact ? (
          <Button
            variant={filtersOpen || isFiltered(chosen) ? 'filled' : 'default'}
            leftSection={<IconFilter size={20} aria-hidden />}
            aria-expanded={filtersOpen}
            data-testid="filters-toggle"
            onClick={() => {
              setFiltersOpen(!filtersOpen);
            }}
          >
            {t('recordings.filters')}
          </Button>
        ) : (
          filters
        )}
      </div>
      {compact && filtersOpen ? filters : null}
      <div className={styles.body}>
        <div className={styles.list}>
          {list.loading ? (
            <div
              className={styles.skeleton}
              role="status"
              aria-label={t('app.loading')}
              data-testid="skeleton"
            >
              {Array.from({ length: 8 }, (_, index) => (
                <Skeleton key={index} height="2.5rem" radius="sm" />
              ))}
            </div>
          ) : list.error !== null && list.error !== undefined ? (
            <LoadFailed error={list.error} retry={list.retry} />
          ) : list.rows.length === 0 ? (
            isFiltered(chosen) ? (
              <PageMessage
                icon={IconListSearch}
                title={t('recordings.noMatchTitle')}
                text={t('recordings.noMatchText')}
                data-testid="no-match"
              >
                <Button
                  variant="default"
                  onClick={() => {
                    setChosen(NO_FILTER);
                  }}
                >
                  {t('recordings.clearFilters')}
                </Button>
              </PageMessage>
            ) : (
              <PageMessage
                icon={IconWaveSine}
                title={t('recordings.emptyTitle')}
                text={t('recordings.emptyText')}
                data-testid="empty-recordings"
              >
                <Button component={Link} href="/recorders">
                  {t('recordings.emptyAction')}
                </Button>
              </PageMessage>
            )
          ) : (
            <RecordingTable
              list={list}
              names={names}
              selectedId={selectedId}
              select={select}
              setAtTop={setAtTop}
            />
          )}
        </div>
        {compact || selectedId === null ? null : (
          <aside className={styles.aside} aria-label={t('recordings.panelTitle')}>
            <RecordingPanel key={selectedId} id={selectedId} names={names} close={close} />
          </aside>
        )}
      </div>
      {compact ? (
        <Drawer
          opened={selectedId !== null}
          onClose={close}
          position="right"
          size="100%"
          title={t('recordings.panelTitle')}
          closeButtonProps={{ 'aria-label': t('common.close') }}
        >
          {selectedId === null ? null : (
            <RecordingPanel key={selectedId} id={selectedId} names={names} />
          )}
        </Drawer>
      ) : null}
    </div>
  );
}
