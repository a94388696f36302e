import type { Schedule } from '@shared/model/schedule';
import { Skeleton } from '@mantine/core';
import { IconMapPinOff } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { startOfDay } from '../../app/format/instants';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { CoverageBar } from '../../components/coverage/coverage-bar';
import { layoutSpans } from '../../components/coverage/coverage-layout';
import { HourAxis } from '../../components/coverage/hour-axis';
import { useToday } from '../../components/coverage/use-coverage-day';
import { LoadFailed } from '../../components/load-failed';
import { useStationNow, useTimeZone } from '../../stores/station-view';
import styles from './schedule-preview.module.css';

const DAYS = 3;

/** What a schedule would do on the next days, as the station reckons it. */
export function SchedulePreview({ schedule }: { readonly schedule: Schedule }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const zone = useTimeZone();
  const today = useToday();
  const now = useStationNow();
  // A day more at either end: windows over midnight are told whole.
  const from = today === null ? null : startOfDay(today, zone, -1);
  const to = today === null ? null : startOfDay(today, zone, DAYS + 1);
  const preview = useQuery(
    queries.recorders.previewSchedule.queryOptions({
      input: { schedule, from: from ?? '', to: to ?? '' },
      enabled: from !== null && to !== null,
      // While a time is being stepped the bars stay, and move when the answer comes.
      placeholderData: (before) => before,
      staleTime: 60_000,
    }),
  );
  if (preview.data === undefined || today === null) {
    return preview.isError ? (
      <LoadFailed
        error={preview.error}
        retry={() => {
          void preview.refetch();
        }}
      />
    ) : (
      <Skeleton height="9rem" radius="md" role="status" aria-label={t('app.loading')} />
    );
  }
  const { spans, warning } = preview.data;
  return (
    <div className={styles.preview} data-testid="schedule-preview">
      {warning === null ? null : (
        <p className={styles.warning} role="alert" data-testid="position-unknown">
          <IconMapPinOff size={22} aria-hidden />
          <span>
            {t('schedule.positionUnknown')}{' '}
            <Link href="/settings/general">{t('schedule.toSettings')}</Link>
          </span>
        </p>
      )}
      <ul className={styles.days}>
        {Array.from({ length: DAYS }, (_, index) => {
          const bar = {
            from: startOfDay(today, zone, index) ?? '',
            to: startOfDay(today, zone, index + 1) ?? '',
          };
          const startMs = Date.parse(bar.from);
          const endMs = Date.parse(bar.to);
          // Told once, on the day they begin; bars show the rest.
          const begun = spans.filter(
            (span) => Date.parse(span.from) >= startMs && Date.parse(span.from) < endMs,
          );
          const covered = layoutSpans(spans, bar);
          const all = covered.some((piece) => piece.from === 0 && piece.to === 1);
          return (
            <li key={bar.from}>
              <div className={styles.words}>
                <strong>{format.instant(startMs + (endMs - startMs) / 2, 'weekday')}</strong>
                <span>
                  {all
                    ? t('schedule.allDay')
                    : begun.length === 0
                      ? t(covered.length === 0 ? 'schedule.nothing' : 'schedule.fromBefore')
                      : begun
                          .map(
                            (span) =>
                              `${format.instant(span.from, 'minute')} – ${format.instant(span.to, 'minute')}`,
                          )
                          .join(', ')}
                </span>
              </div>
              <CoverageBar
                layout={{
                  ahead: [],
                  recorded: covered,
                  gaps: [],
                  marks: [],
                  now:
                    now !== null && now >= startMs && now < endMs
                      ? (now - startMs) / (endMs - startMs)
                      : null,
                }}
              />
              {index === DAYS - 1 ? <HourAxis from={bar.from} to={bar.to} /> : null}
            </li>
          );
        })}
      </ul>
    </div>
  );
}
