import type { Selection } from '@shared/model/recording';
import { Button, Skeleton } from '@mantine/core';
import {
  IconCalendarStats,
  IconChecklist,
  IconFileImport,
  IconFilter,
  IconFilterOff,
  IconListSearch,
  IconTrash,
  IconTrashOff,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation, useParams } from 'wouter';
import { useFormat } from '../../app/format/use-format';
import { lazyDialog } from '../../app/lazy-dialog';
import { useStation } from '../../app/station-context';
import { FullSheet } from '../../components/full-sheet';
import { LoadFailed } from '../../components/load-failed';
import { PageMessage } from '../../components/page-message';
import { useCompact } from '../../components/use-compact';
import { useTimeZone } from '../../stores/station-view';
import { DayNavigator } from './days/day-navigator';
import { EmptyLibrary } from './empty-library';
import type { ExportDialogProps } from './export/export-dialog';
import { FilterChips } from './filter-chips';
import { FilterPanel, ShowFound } from './filter-panel';
import { useDroppedFiles } from './import/use-dropped-files';
import type { ImportDialogProps } from './import/import-dialog';
import { ImportLabel } from './import/import-label';
import { useRunningImport } from './import/use-running-import';
import { DropTarget } from './import/drop-target';
import { countMarked, NOTHING_MARKED, selectionOf, type Marked } from './marked-rows';
import { PurgeDialog } from './purge-dialog';
import {
  chooseDay,
  chosenDay,
  filterProblem,
  isFiltered,
  NO_FILTER,
  partsOf,
  toRecordingFilter,
  usableOf,
  type ChosenFilter,
} from './recording-filter';
import { RecordingPanel } from './recording-panel';
import { RecordingTable } from './recording-table';
import styles from './recordings-page.module.css';
import { SearchField } from './search-field';
import { SelectionBar } from './selection-bar';
import { TagDialog } from './tag-dialog';
import { UndoBar } from './undo-bar';
import { useLibraryActions } from './use-library-actions';
import { useRecordingList } from './use-recording-list';

const ImportDialog = lazyDialog<ImportDialogProps>(
  async () => (await import('./import/import-dialog')).ImportDialog,
);
const ExportDialog = lazyDialog<ExportDialogProps>(
  async () => (await import('./export/export-dialog')).ExportDialog,
);

type Sheet = 'filters' | 'days' | 'tags' | 'purge' | 'export' | 'import';

export function RecordingsPage(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const compact = useCompact();
  const stationZone = useTimeZone();
  const { queries } = useStation();
  const [, navigate] = useLocation();
  const { id } = useParams();
  const selectedId = id !== undefined && /^\d+$/.test(id) ? Number(id) : null;

  const [chosen, setChosen] = useState(NO_FILTER);
  const [used, setUsed] = useState(NO_FILTER);
  const [bin, setBin] = useState(false);
  const [sheet, setSheet] = useState<Sheet | null>(null);
  const [atTop, setAtTop] = useState(true);
  const [marked, setMarked] = useState<Marked>(NOTHING_MARKED);
  const [marking, setMarking] = useState(false);
  /** What a dialog was opened for: what is marked may change under it. */
  const [asked, setAsked] = useState<Selection | null>(null);
  const [dropped, setDropped] = useState<readonly string[]>([]);
  const filter = useMemo(
    () => ({ ...toRecordingFilter(used, format.timeZone), ...(bin ? { bin } : {}) }),
    [used, format.timeZone, bin],
  );
  const list = useRecordingList(filter, atTop);
  const unmark = (): void => {
    setMarked(NOTHING_MARKED);
    setMarking(false);
  };
  const actions = useLibraryActions(list.rows, filter, unmark);
  const devices = useQuery(queries.devices.list.queryOptions());
  const names = useMemo(
    () => new Map((devices.data ?? []).map((device) => [device.name, device.displayName])),
    [devices.data],
  );
  // What an import brings lies anywhere in the list: it is read anew once all of it is there.
  const importing = useRunningImport(actions.reload);
  const drop = useDroppedFiles((paths) => {
    setDropped(paths);
    setSheet('import');
  });

  const select = (recordingId: number | null): void => {
    navigate(recordingId === null ? '/recordings' : `/recordings/${String(recordingId)}`, {
      replace: selectedId !== null,
    });
  };
  const close = (): void => {
    select(null);
  };
  const closeSheet = (): void => {
    setSheet(null);
  };
  const choose = (next: ChosenFilter): void => {
    setChosen(next);
    setUsed(usableOf(next, used));
    setAtTop(true);
    // What was marked may not be found any more.
    unmark();
  };
  const switchBin = (): void => {
    setBin(!bin);
    setAtTop(true);
    unmark();
    if (selectedId !== null) close();
  };
  const problem = filterProblem(chosen);
  const count = countMarked(marked, list.total);
  const selection = selectionOf(marked, filter);
  const day = chosenDay(filter, stationZone);
  const pickDay = (next: string | null): void => {
    choose(
      next === null
        ? { ...chosen, fromDay: '', fromTime: '', toDay: '', toTime: '' }
        : chooseDay(chosen, next, { stationZone, shownZone: format.timeZone }),
    );
  };
  const filterPanel = (
    <FilterPanel chosen={chosen} change={choose} names={names} seen={list.rows} />
  );
  const navigator = <DayNavigator filter={filter} day={day} choose={pickDay} large={compact} />;
  const filterCount = partsOf(used).length;
  const markingNow = marking || marked !== NOTHING_MARKED;
  return (
    <div className={styles.page} data-bin={bin ? '' : undefined}>
      <div className={styles.head} data-marking={compact && markingNow ? '' : undefined}>
        <h1 className={styles.title}>{bin ? t('recordings.binTitle') : t('recordings.title')}</h1>
        <p className={styles.total} role="status" data-testid="recordings-count">
          {list.total === null
            ? t(list.totalUnknown ? 'recordings.countUnknown' : 'recordings.counting')
            : t('recordings.total', { count: list.total, formatted: format.count(list.total) })}
        </p>
        <SearchField
          value={chosen.text}
          change={(text) => {
            choose({ ...chosen, text });
          }}
        />
        <div className={styles.tools}>
          <Button
            variant={sheet === 'filters' || (compact && filterCount > 0) ? 'filled' : 'default'}
            leftSection={<IconFilter size={20} aria-hidden />}
            aria-expanded={sheet === 'filters'}
            data-testid="filters-toggle"
            onClick={() => {
              setSheet(sheet === 'filters' ? null : 'filters');
            }}
          >
            {t('recordings.filters')}
            {filterCount > 0 ? ` · ${format.count(filterCount)}` : ''}
          </Button>
          {compact ? (
            <Button
              variant={day === null ? 'default' : 'filled'}
              leftSection={<IconCalendarStats size={20} aria-hidden />}
              aria-expanded={sheet === 'days'}
              data-testid="days-toggle"
              onClick={() => {
                setSheet('days');
              }}
            >
              {t('recordings.days')}
            </Button>
          ) : null}
          {compact && !marking ? (
            <Button
              variant="default"
              leftSection={<IconChecklist size={20} aria-hidden />}
              data-testid="mark-toggle"
              onClick={() => {
                setMarking(true);
              }}
            >
              {t('recordings.mark')}
            </Button>
          ) : null}
          <Button
            variant="default"
            leftSection={<IconFileImport size={20} aria-hidden />}
            data-testid="import-open"
            onClick={() => {
              setDropped([]);
              setSheet('import');
            }}
          >
            {importing.running === null ? (
              t('recordings.import')
            ) : (
              <ImportLabel running={importing.running} ended={importing.look} />
            )}
          </Button>
          <Button
            variant={bin ? 'filled' : 'default'}
            leftSection={<IconTrash size={20} aria-hidden />}
            aria-pressed={bin}
            data-testid="bin-toggle"
            onClick={switchBin}
          >
            {t('recordings.bin')}
          </Button>
        </div>
      </div>
      {compact ? null : sheet === 'filters' ? (
        <div className={styles.filters}>{filterPanel}</div>
      ) : null}
      <FilterChips chosen={used} change={choose} names={names} />
      {problem === null || sheet === 'filters' ? null : (
        <p className={styles.problem} role="alert" data-testid="filter-problem">
          {t(`recordings.problem_${problem}`)} {t('recordings.filterNotUsed')}
        </p>
      )}
      <div className={styles.body}>
        <div className={styles.main}>
          {compact ? null : navigator}
          {bin ? <p className={styles.binNote}>{t('recordings.binHelp')}</p> : null}
          {markingNow ? (
            <SelectionBar
              marked={marked}
              mark={setMarked}
              total={list.total}
              bin={bin}
              actions={actions}
              openTags={() => {
                setSheet('tags');
              }}
              openExport={() => {
                setAsked(selection);
                setSheet('export');
              }}
              openPurge={() => {
                setAsked(selection);
                setSheet('purge');
              }}
              leave={unmark}
            />
          ) : null}
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
              isFiltered(used) ? (
                <PageMessage
                  icon={IconListSearch}
                  title={t('recordings.noMatchTitle')}
                  text={t('recordings.noMatchText')}
                  data-testid="no-match"
                >
                  <Button
                    variant="default"
                    leftSection={<IconFilterOff size={20} aria-hidden />}
                    data-testid="filter-clear"
                    onClick={() => {
                      choose(NO_FILTER);
                    }}
                  >
                    {t('recordings.clearFilters')}
                  </Button>
                </PageMessage>
              ) : bin ? (
                <PageMessage
                  icon={IconTrashOff}
                  title={t('recordings.binEmptyTitle')}
                  text={t('recordings.binEmptyText')}
                  data-testid="empty-bin"
                >
                  <Button variant="default" onClick={switchBin}>
                    {t('recordings.binLeave')}
                  </Button>
                </PageMessage>
              ) : (
                <EmptyLibrary
                  openBin={switchBin}
                  openImport={() => {
                    setSheet('import');
                  }}
                />
              )
            ) : (
              <RecordingTable
                list={list}
                names={names}
                selectedId={selectedId}
                select={select}
                marked={marked}
                mark={setMarked}
                marking={marking}
                setAtTop={setAtTop}
              />
            )}
            <UndoBar actions={actions} />
          </div>
        </div>
        {compact || selectedId === null ? null : (
          <aside className={styles.aside} aria-label={t('recordings.panelTitle')}>
            <RecordingPanel
              key={selectedId}
              id={selectedId}
              names={names}
              actions={actions}
              close={close}
            />
          </aside>
        )}
      </div>
      {compact ? (
        <>
          <FullSheet opened={selectedId !== null} close={close} title={t('recordings.panelTitle')}>
            {selectedId === null ? null : (
              <RecordingPanel key={selectedId} id={selectedId} names={names} actions={actions} />
            )}
          </FullSheet>
          <FullSheet
            opened={sheet === 'filters'}
            close={closeSheet}
            title={t('recordings.filters')}
          >
            <div className={styles.sheet}>
              {filterPanel}
              <ShowFound found={list.total} close={closeSheet} />
            </div>
          </FullSheet>
          <FullSheet opened={sheet === 'days'} close={closeSheet} title={t('recordings.days')}>
            <div className={styles.sheet}>
              {navigator}
              <ShowFound found={list.total} close={closeSheet} />
            </div>
          </FullSheet>
        </>
      ) : null}
      <TagDialog
        opened={sheet === 'tags'}
        close={closeSheet}
        count={count === null ? '…' : format.count(count)}
        present={tagsOf(list.rows, marked)}
        apply={(change) => actions.tag(marked, change)}
      />
      <PurgeDialog
        opened={sheet === 'purge'}
        close={closeSheet}
        selection={asked}
        purged={() => {
          unmark();
          // What was just done to them can no longer be taken back.
          actions.dismiss();
          actions.reload();
        }}
      />
      <ExportDialog opened={sheet === 'export'} close={closeSheet} selection={asked} />
      <ImportDialog opened={sheet === 'import'} close={closeSheet} dropped={dropped} />
      <DropTarget over={drop.over} />
    </div>
  );
}

function tagsOf(
  rows: readonly { readonly id: number; readonly tags: readonly string[] }[],
  marked: Marked,
): readonly string[] {
  const tags = rows.flatMap((row) =>
    marked.kind === 'all' || marked.ids.has(row.id) ? row.tags : [],
  );
  return [...new Set(tags)].sort((a, b) => a.localeCompare(b));
}
