import type { LogRecord } from '@shared/model/log';
import { Button } from '@mantine/core';
import { IconArrowDown } from '@tabler/icons-react';
import { useVirtualizer } from '@tanstack/react-virtual';
import {
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
  type KeyboardEvent,
  type ReactNode,
} from 'react';
import { useTranslation } from 'react-i18next';
import { stepRow } from '../../components/step-row';
import { useTouch } from '../../components/use-compact';
import type { LogLines } from './log-lines';
import styles from './log-list.module.css';
import { LogRow } from './log-row';

interface Props {
  readonly log: LogLines;
  readonly open: (record: LogRecord) => void;
}

/** The lines, newest at the bottom. It follows the newest until the reader scrolls away. */
export function LogList({ log, open }: Props): ReactNode {
  const { t } = useTranslation();
  const touch = useTouch();
  const rowHeight = touch ? 56 : 32;
  const scroller = useRef<HTMLDivElement>(null);
  const [following, setFollowing] = useState(true);
  const [activeKey, setActiveKey] = useState<number | null>(null);
  const { lines, added, dropped } = log;
  // eslint-disable-next-line react-hooks/incompatible-library -- it re-renders by itself and is not memoised
  const virtual = useVirtualizer({
    count: lines.length,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    getItemKey: (index) => lines[index]?.key ?? index,
    overscan: 12,
  });
  useEffect(() => {
    virtual.measure();
  }, [rowHeight, virtual]);

  const droppedBefore = useRef(dropped);
  useLayoutEffect(() => {
    const element = scroller.current;
    if (element === null) return;
    if (following) element.scrollTop = element.scrollHeight;
    else {
      // Lines fell off the front: hold what is being read where it is.
      element.scrollTop -= (dropped - droppedBefore.current) * rowHeight;
    }
    droppedBefore.current = dropped;
  }, [following, added, dropped, rowHeight]);

  const found = lines.findIndex((line) => line.key === activeKey);
  const activeIndex = found === -1 ? lines.length - 1 : found;
  const move = (event: KeyboardEvent<HTMLDivElement>): void => {
    const next = stepRow(
      event.key,
      activeIndex,
      lines.length,
      Math.floor((scroller.current?.clientHeight ?? 0) / rowHeight),
    );
    const line = next === null ? undefined : lines[next];
    if (next === null || line === undefined) return;
    event.preventDefault();
    setActiveKey(line.key);
    virtual.scrollToIndex(next, { align: 'auto' });
    requestAnimationFrame(() => {
      scroller.current?.querySelector<HTMLElement>(`[data-key="${String(line.key)}"]`)?.focus();
    });
  };

  return (
    <div className={styles.frame}>
      <div
        ref={scroller}
        className={styles.scroller}
        role="group"
        aria-label={t('logs.streamLabel')}
        data-testid="log-lines"
        onKeyDown={move}
        onScroll={(event) => {
          const { scrollHeight, scrollTop, clientHeight } = event.currentTarget;
          setFollowing(scrollHeight - scrollTop - clientHeight < rowHeight);
        }}
      >
        <div className={styles.lines} style={{ height: virtual.getTotalSize() }}>
          {virtual.getVirtualItems().map((item) => {
            const line = lines[item.index];
            return line === undefined ? null : (
              <LogRow
                key={item.key}
                line={line}
                top={item.start}
                height={rowHeight}
                tabbable={item.index === activeIndex}
                open={open}
              />
            );
          })}
        </div>
      </div>
      {following ? null : (
        <Button
          className={styles.jump}
          radius="xl"
          leftSection={<IconArrowDown size={18} aria-hidden />}
          data-testid="log-jump"
          onClick={() => {
            setFollowing(true);
          }}
        >
          {t('logs.jump')}
        </Button>
      )}
    </div>
  );
}
