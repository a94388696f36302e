import type { Gap, GapReason } from '@shared/model/coverage';
import { Button, UnstyledButton } from '@mantine/core';
import {
  IconAlertTriangle,
  IconBolt,
  IconChevronRight,
  IconDatabaseX,
  IconFileOff,
  IconGauge,
  IconHelpCircle,
  IconLock,
  IconPlayerStop,
  IconPlugX,
  IconRefresh,
  IconVolumeOff,
  type Icon,
} from '@tabler/icons-react';
import { useEffect, useId, useRef, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Detail } from '../detail';
import { gapsInBrief } from '@shared/model/gaps-in-brief';
import styles from './gap-list.module.css';

const SIGN: Readonly<Record<GapReason, Icon>> = {
  unplugged: IconPlugX,
  device_busy: IconLock,
  device_refused: IconLock,
  capture_failed: IconAlertTriangle,
  stalled: IconVolumeOff,
  overrun: IconGauge,
  lost: IconVolumeOff,
  disk_full: IconDatabaseX,
  disk_failed: IconDatabaseX,
  data_disk_missing: IconDatabaseX,
  console_stopped: IconPlayerStop,
  power_loss: IconBolt,
  restart: IconRefresh,
  segment_refused: IconFileOff,
  file_missing: IconFileOff,
  unknown: IconHelpCircle,
};

const PAGE = 100;

interface Props {
  readonly gaps: readonly Gap[];
  /** The gap that is unfolded, by its beginning. */
  readonly open: string | null;
  readonly setOpen: (from: string | null) => void;
}

/**
 * Every gap with its cause; on tap what to do about it, and the evidence. Moments of starting and stopping are one
 * line, until somebody asks for them.
 */
export function GapList({ gaps: every, open, setOpen }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [unfolded, setUnfolded] = useState(false);
  const { shown: notable, brief, briefS } = gapsInBrief(every);
  const folded = !unfolded && brief.length > 0 && !brief.some((gap) => gap.from === open);
  const gaps = folded ? notable : every;
  const [shown, setShown] = useState(PAGE);
  const openAt = gaps.findIndex((gap) => gap.from === open);
  const count = Math.max(shown, openAt + 1);
  return (
    <>
      <ul className={styles.list} hidden={gaps.length === 0}>
        {gaps.slice(0, count).map((gap) => (
          <GapRow
            key={gap.from}
            gap={gap}
            open={gap.from === open}
            toggle={() => {
              setOpen(gap.from === open ? null : gap.from);
            }}
          />
        ))}
      </ul>
      {gaps.length > count ? (
        <Button
          variant="default"
          onClick={() => {
            setShown(count + PAGE);
          }}
        >
          {t('coverage.moreGaps', { count: gaps.length - count })}
        </Button>
      ) : null}
      {folded ? (
        <Button
          variant="default"
          data-testid="coverage-brief-gaps"
          onClick={() => {
            setUnfolded(true);
          }}
        >
          {t('coverage.briefGaps', {
            count: brief.length,
            seconds: format.decimal(briefS, 1),
          })}
        </Button>
      ) : null}
    </>
  );
}

function GapRow({
  gap,
  open,
  toggle,
}: {
  readonly gap: Gap;
  readonly open: boolean;
  readonly toggle: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const id = useId();
  const row = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (open) row.current?.scrollIntoView({ block: 'nearest' });
  }, [open]);
  const Sign = SIGN[gap.reason];
  // Short gaps need the seconds to be told apart.
  const style = gap.seconds < 120 ? 'time' : 'minute';
  return (
    <li
      ref={row}
      className={styles.gap}
      data-testid="coverage-gap"
      data-reason={gap.reason}
      data-open={open ? '' : undefined}
    >
      <UnstyledButton
        className={styles.head}
        aria-expanded={open}
        aria-controls={id}
        onClick={toggle}
      >
        <Sign size={22} aria-hidden className={styles.sign} />
        <span className={styles.cause}>{t(`gapReason.${gap.reason}.text`)}</span>
        <span className={styles.when}>
          {format.instant(gap.from, style)} –{' '}
          {gap.to === null ? t('coverage.now') : format.instant(gap.to, style)}
        </span>
        <span className={styles.length}>{format.measured(gap.seconds)}</span>
        <IconChevronRight size={18} aria-hidden className={styles.chevron} />
      </UnstyledButton>
      <div id={id} hidden={!open} className={styles.more}>
        <p>{t(`gapReason.${gap.reason}.advice`)}</p>
        <p className={styles.quiet}>
          {gap.to === null
            ? t('coverage.sinceExactly', { from: format.instant(gap.from, 'timeMs') })
            : t('coverage.exactly', {
                from: format.instant(gap.from, 'timeMs'),
                to: format.instant(gap.to, 'timeMs'),
                seconds: format.decimal(gap.seconds, 2),
                zone: format.timeZone,
              })}
        </p>
        <Detail text={gap.detail} />
      </div>
    </li>
  );
}
