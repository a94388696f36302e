import { Button } from '@mantine/core';
import { useElementSize } from '@mantine/hooks';
import { IconArrowUp } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useTouch } from '../../components/use-compact';
import { isMarked, markRange, NOTHING_MARKED, toggleMark, type Marked } from './marked-rows';
import { RecordingRow } from './recording-row';
import styles from './recording-table.module.css';
import { stepRow } from '../../components/step-row';
import type { RecordingList } from './use-recording-list';

interface Props {
  readonly list: RecordingList;
  readonly names: ReadonlyMap<string, string>;
  readonly selectedId: number | null;
  readonly select: (id: number) => void;
  readonly marked: Marked;
  readonly mark: (marked: Marked) => void;
  /** A press on a row marks it. */
  readonly marking: boolean;
  readonly setAtTop: (atTop: boolean) => void;
}

/** Ask for more this many rows before the end is reached. */
const AHEAD = 30;
/** The width at which the style sheet sets a row in two lines (64rem). */
const TWO_LINES_BELOW_PX = 1024;

export function RecordingTable({
  list,
  names,
  selectedId,
  select,
  marked,
  mark,
  marking,
  setAtTop,
}: Props): ReactNode {
  const { t } = useTranslation();
  const touch = useTouch();
  const scroller = useRef<HTMLDivElement>(null);
  const { ref: frame, width } = useElementSize();
  const rowHeight = touch || (width > 0 && width <= TWO_LINES_BELOW_PX) ? 64 : 44;
  const { rows, news, loadMore, hasMore } = list;
  // eslint-disable-next-line react-hooks/incompatible-library -- it re-renders by itself and is not memoised
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => rows[index]?.id ?? index,
    overscan: 8,
  });
  useEffect(() => {
    virtual.measure();
  }, [rowHeight, virtual]);

  const items = virtual.getVirtualItems();
  const lastShown = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (hasMore && lastShown >= rows.length - AHEAD) loadMore();
  }, [hasMore, lastShown, rows.length, loadMore]);

  // One row can be tabbed to; arrows move on from there. It is kept by id: rows come in above it.
  const [activeId, setActiveId] = useState<number | null>(selectedId);
  const found = rows.findIndex((row) => row.id === activeId);
  const activeIndex = found === -1 ? 0 : found;
  // Where a range begins: the row that was marked last.
  const [anchor, setAnchor] = useState<number | null>(null);
  const markRow = (id: number, range: boolean): void => {
    mark(
      range && anchor !== null ? markRange(marked, anchor, id, rows) : toggleMark(marked, id, rows),
    );
    setAnchor(id);
    setActiveId(id);
  };
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    if (event.key === 'a' && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      mark({ kind: 'all' });
      return;
    }
    if (event.key === 'Escape' && marked !== NOTHING_MARKED) {
      mark(NOTHING_MARKED);
      return;
    }
    const next = stepRow(
      event.key,
      activeIndex,
      rows.length,
      Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight),
    );
    const row = next === null ? undefined : rows[next];
    if (next === null || row === undefined) return;
    event.preventDefault();
    const left = rows[activeIndex];
    if (event.shiftKey && left !== undefined) {
      mark(markRange(marked, anchor ?? left.id, row.id, rows));
      if (anchor === null) setAnchor(left.id);
    }
    setActiveId(row.id);
    virtual.scrollToIndex(next, { align: 'auto' });
    // The row may only now be drawn.
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-id="${String(row.id)}"]`)?.focus();
    });
  };

  return (
    <div ref={frame} className={styles.frame}>
      {news.count > 0 || news.many ? (
        <Button
          className={styles.pill}
          leftSection={<IconArrowUp size={18} aria-hidden />}
          radius="xl"
          data-testid="new-recordings"
          onClick={() => {
            list.takeNews();
            scroller.current?.scrollTo({ top: 0 });
          }}
        >
          {news.many ? t('recordings.newPillMany') : t('recordings.newPill', { count: news.count })}
        </Button>
      ) : null}
      <div
        ref={scroller}
        className={styles.scroller}
        role="grid"
        aria-label={t('recordings.title')}
        aria-multiselectable
        aria-rowcount={(list.total ?? rows.length) + 1}
        data-testid="recordings-table"
        onScroll={(event) => {
          setAtTop(event.currentTarget.scrollTop < rowHeight / 2);
        }}
        onKeyDown={move}
      >
        <div role="rowgroup" className={styles.headGroup}>
          <div
            role="row"
            aria-rowindex={1}
            className={`${styles.row ?? ''} ${styles.headRow ?? ''}`}
          >
            <span role="columnheader" className={styles.check}>
              <span className="visually-hidden">{t('recordings.markColumn')}</span>
            </span>
            <span role="columnheader" className={styles.time}>
              {t('recordings.time')}
            </span>
            <span role="columnheader" className={styles.device}>
              {t('recordings.device')}
            </span>
            <span role="columnheader" className={styles.duration}>
              {t('recordings.duration')}
            </span>
            <span role="columnheader" className={styles.rate}>
              {t('recordings.rateFormat')}
            </span>
            <span role="columnheader" className={styles.size}>
              {t('recordings.size')}
            </span>
            <span role="columnheader" className={styles.custody}>
              {t('custody.column')}
            </span>
            <span role="columnheader" className={styles.flags}>
              {t('recordings.flags')}
            </span>
          </div>
        </div>
        <div role="rowgroup" className={styles.rows} style={{ height: virtual.getTotalSize() }}>
          {items.map((item) => {
            const recording = rows[item.index];
            return recording === undefined ? null : (
              <RecordingRow
                key={item.key}
                recording={recording}
                deviceName={names.get(recording.device) ?? recording.device}
                index={item.index}
                top={item.start}
                height={rowHeight}
                open={recording.id === selectedId}
                marked={isMarked(marked, recording.id)}
                marking={marking}
                tabbable={item.index === activeIndex}
                select={() => {
                  setActiveId(recording.id);
                  select(recording.id);
                }}
                mark={(range) => {
                  markRow(recording.id, range);
                }}
              />
            );
          })}
        </div>
      </div>
      <p className={styles.end} role="status">
        {list.loadingMore
          ? t('recordings.loadingMore')
          : hasMore || lastShown < rows.length - 1
            ? ''
            : t('recordings.end')}
      </p>
    </div>
  );
}
