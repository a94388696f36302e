import type { RecordingFilter } from '@shared/model/recording';
import { ActionIcon, Button, UnstyledButton } from '@mantine/core';
import { IconCalendarDue, IconChevronLeft, IconChevronRight } from '@tabler/icons-react';
import { useEffect, useRef, useState, type KeyboardEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { LOCALE } from '../../../app/format/numbers';
import { useFormat } from '../../../app/format/use-format';
import { useToday } from '../../../components/coverage/use-coverage-day';
import { ErrorNote } from '../../../components/error-note';
import { useTimeZone } from '../../../stores/station-view';
import { DayCoverage } from './day-coverage';
import styles from './day-navigator.module.css';
import { addMonths, daysOf, monthOf, stepDay, weekdayNames, weekdayOfFirst } from './month-days';
import { useMonth, useMonthShares } from './use-month';

interface Props {
  /** What is counted; its days are not looked at. */
  readonly filter: RecordingFilter;
  /** The one day that is chosen; null: none, or a range. */
  readonly day: string | null;
  readonly choose: (day: string | null) => void;
  /** As a calendar of large squares, for fingers. */
  readonly large: boolean;
}

/** A month at a glance: how much there is on each day, and on which something is missing. */
export function DayNavigator({ filter, day, choose, large }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const zone = useTimeZone();
  const today = useToday();
  const [wanted, setWanted] = useState<string | null>(null);
  const thisMonth = today === null ? null : monthOf(today);
  const month = wanted ?? (day === null ? thisMonth : monthOf(day)) ?? '2000-01';
  const { counts, loading, error } = useMonth(month, filter);
  /** A day without a number is not a day without recordings. */
  const known = !loading && error === null;
  const shares = useMonthShares(month, today, filter.device);
  const days = daysOf(month);
  const grid = useRef<HTMLDivElement>(null);
  const [active, setActive] = useState<string | null>(null);
  // One day can be tabbed to; arrows move on from there.
  const activeIndex =
    [active, day, today]
      .map((one) => (one === null ? -1 : days.indexOf(one)))
      .find((index) => index !== -1) ?? 0;
  const most = Math.max(1, ...[...counts.values()].map(({ recordings }) => recordings));
  const total = [...counts.values()].reduce((sum, { recordings }) => sum + recordings, 0);
  const title = new Intl.DateTimeFormat(LOCALE[format.language], {
    month: 'long',
    year: 'numeric',
    timeZone: 'UTC',
  }).format(new Date(`${month}-01T00:00:00Z`));
  // What is chosen, else today, is in sight when the strip is first seen.
  useEffect(() => {
    const strip = grid.current;
    const cell = strip?.querySelector<HTMLElement>('[tabindex="0"]');
    if (strip !== null && cell !== null && cell !== undefined)
      strip.scrollLeft = cell.offsetLeft - strip.clientWidth / 2;
  }, [month, large]);
  const go = (months: number): void => {
    setWanted(addMonths(month, months));
    setActive(null);
  };
  const step = (event: KeyboardEvent<HTMLDivElement>): void => {
    const next = stepDay(event.key, activeIndex, days.length, 7);
    const target = next === null ? undefined : days[next];
    if (target === undefined) return;
    event.preventDefault();
    setActive(target);
    grid.current?.querySelector<HTMLElement>(`[data-day="${target}"]`)?.focus();
  };
  const sentence = (one: string): string => {
    const count = counts.get(one)?.recordings ?? 0;
    const share = shares.get(one);
    return [
      new Intl.DateTimeFormat(LOCALE[format.language], {
        weekday: 'long',
        day: 'numeric',
        month: 'long',
        timeZone: 'UTC',
      }).format(new Date(`${one}T00:00:00Z`)),
      known
        ? t('recordings.total', { count, formatted: format.count(count) })
        : t('recordings.countUnknown'),
      ...(share === undefined || share.share === null
        ? []
        : [
            t('recordings.dayShare', { share: format.share(share.share) }),
            t('coverage.gaps', { count: share.gaps }),
          ]),
    ].join(', ');
  };
  return (
    <section
      className={styles.navigator}
      data-large={large ? '' : undefined}
      aria-label={t('recordings.days')}
      data-testid="day-navigator"
    >
      <div className={styles.head}>
        <ActionIcon
          variant="default"
          aria-label={t('recordings.monthBefore')}
          data-testid="month-before"
          onClick={() => {
            go(-1);
          }}
        >
          <IconChevronLeft size={22} aria-hidden />
        </ActionIcon>
        <h2 className={styles.month} aria-live="polite">
          {title}
        </h2>
        <ActionIcon
          variant="default"
          aria-label={t('recordings.monthAfter')}
          disabled={thisMonth !== null && month >= thisMonth}
          data-testid="month-after"
          onClick={() => {
            go(1);
          }}
        >
          <IconChevronRight size={22} aria-hidden />
        </ActionIcon>
        <span className={styles.total}>
          {loading
            ? t('recordings.counting')
            : known
              ? t('recordings.total', { count: total, formatted: format.count(total) })
              : t('recordings.countUnknown')}
        </span>
        <ul className={styles.legend} aria-hidden>
          <li data-kind="count">{t('recordings.legendCount')}</li>
          <li data-kind="gap">{t('coverage.legendGap')}</li>
        </ul>
        {day === null ? null : (
          <Button
            variant="subtle"
            leftSection={<IconCalendarDue size={20} aria-hidden />}
            data-testid="day-all"
            onClick={() => {
              choose(null);
            }}
          >
            {t('recordings.allDays')}
          </Button>
        )}
      </div>
      <ErrorNote error={error} />
      {large ? (
        // Each day says its own weekday to those who do not see it.
        <div className={styles.weekdays} aria-hidden>
          {weekdayNames(LOCALE[format.language]).map((name) => (
            <span key={name}>{name}</span>
          ))}
        </div>
      ) : null}
      <div
        ref={grid}
        className={styles.days}
        role="group"
        aria-label={title}
        onKeyDown={step}
        style={large ? { ['--first' as string]: String(weekdayOfFirst(month) + 1) } : undefined}
      >
        {days.map((one, index) => {
          const count = counts.get(one)?.recordings ?? 0;
          const share = shares.get(one);
          const missing = share !== undefined && share.gaps > 0;
          return (
            <UnstyledButton
              key={one}
              className={styles.day}
              data-day={one}
              data-empty={count === 0 ? '' : undefined}
              data-today={one === today ? '' : undefined}
              data-gaps={missing ? '' : undefined}
              data-testid="day-cell"
              aria-pressed={one === day}
              aria-label={sentence(one)}
              title={sentence(one)}
              disabled={today !== null && one > today && known && count === 0}
              tabIndex={index === activeIndex ? 0 : -1}
              onClick={() => {
                setActive(one);
                choose(one === day ? null : one);
              }}
            >
              <span className={styles.bar} aria-hidden>
                <span
                  className={styles.fill}
                  style={{
                    height: count === 0 ? 0 : `max(3px, ${String((count / most) * 100)}%)`,
                  }}
                />
              </span>
              <span className={styles.number} aria-hidden>
                {Number(one.slice(8))}
              </span>
            </UnstyledButton>
          );
        })}
      </div>
      {format.timeZone === zone ? null : (
        <p className={styles.zone}>{t('recordings.daysOfZone', { zone })}</p>
      )}
      {day === null ? null : <DayCoverage key={day} day={day} />}
    </section>
  );
}
