import type { DayCoverage, DeviceCoverage, Gap } from '@shared/model/coverage';
import { ActionIcon, Button, Drawer, Skeleton } from '@mantine/core';
import { IconChevronLeft, IconChevronRight, IconClock } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { addDays } from '../../app/format/days';
import { useFormat } from '../../app/format/use-format';
import { useStationNow } from '../../stores/station-view';
import { useUi } from '../../stores/ui';
import { DayField } from '../day-field';
import { Facts } from '../facts';
import { LoadFailed } from '../load-failed';
import { useCompact } from '../use-compact';
import { CertificateChoice } from './certificate-choice';
import { CoverageBar } from './coverage-bar';
import type { CoverageDialogProps } from './coverage-dialog-props';
import styles from './coverage-drawer.module.css';
import { gapNear, layoutCoverage } from './coverage-layout';
import { GapList } from './gap-list';
import { HourAxis } from './hour-axis';
import { coverageOfDevice, useCoverageDay, useToday } from './use-coverage-day';

const FINGER_PX = 28;

/** One device on one day: what it should have recorded, what it did, and why not. */
export function CoverageDrawer({
  opened,
  close,
  device,
  name,
  chosen,
  day,
}: CoverageDialogProps): ReactNode {
  const { t } = useTranslation();
  const [covered, setCovered] = useState(false);
  return (
    <Drawer
      opened={opened}
      onClose={close}
      // Escape closes what lies on top, not this with it.
      closeOnEscape={!covered}
      position="right"
      size={useCompact() ? '100%' : '44rem'}
      title={t('coverage.title', { name })}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      {/* Made anew at each opening: it begins with its day and with the gap that was tapped. */}
      <Days
        device={device}
        name={name}
        chosen={chosen}
        firstDay={day ?? null}
        setCovered={setCovered}
      />
    </Drawer>
  );
}

interface Covering {
  /** Told when another dialog opens over this one, or closes. */
  readonly setCovered: (covered: boolean) => void;
}

function Days({
  device,
  name,
  chosen,
  firstDay,
  setCovered,
}: Pick<CoverageDialogProps, 'device' | 'name' | 'chosen'> &
  Covering & { readonly firstDay: string | null }): ReactNode {
  const { t } = useTranslation();
  const today = useToday();
  const [wanted, setWanted] = useState(firstDay);
  const day = wanted ?? today;
  const coverage = useCoverageDay(day);
  const utc = useUi((state) => state.utc);
  const toggleUtc = useUi((state) => state.toggleUtc);
  if (day === null || today === null) return <Waiting />;
  const go = (days: number): void => {
    const next = addDays(day, days);
    setWanted(next === today ? null : next);
  };
  const own = coverageOfDevice(coverage.data, device);
  const relative =
    day === today
      ? t('coverage.today')
      : day === addDays(today, -1)
        ? t('coverage.yesterday')
        : null;
  return (
    <div className={styles.days} data-testid="coverage-drawer" data-day={day}>
      <div className={styles.switcher}>
        <ActionIcon
          variant="default"
          aria-label={t('coverage.dayBefore')}
          data-testid="coverage-day-before"
          onClick={() => {
            go(-1);
          }}
        >
          <IconChevronLeft size={22} aria-hidden />
        </ActionIcon>
        <DayField
          label={t('coverage.day')}
          value={day}
          change={(next) => {
            if (next !== '') setWanted(next === today ? null : next);
          }}
          data-testid="coverage-day"
        />
        <ActionIcon
          variant="default"
          aria-label={t('coverage.dayAfter')}
          disabled={day >= today}
          data-testid="coverage-day-after"
          onClick={() => {
            go(1);
          }}
        >
          <IconChevronRight size={22} aria-hidden />
        </ActionIcon>
        {relative === null ? null : <strong className={styles.relative}>{relative}</strong>}
        <Button
          variant="subtle"
          className={styles.utc}
          aria-pressed={utc}
          leftSection={<IconClock size={18} aria-hidden />}
          onClick={toggleUtc}
        >
          {utc ? t('coverage.inUtc') : t('coverage.inZone')}
        </Button>
      </div>
      {coverage.data === undefined ? (
        coverage.isError ? (
          <LoadFailed
            error={coverage.error}
            retry={() => {
              void coverage.refetch();
            }}
          />
        ) : (
          <Waiting />
        )
      ) : own === null ? (
        <p className={styles.quiet}>{t('coverage.notKnownYet')}</p>
      ) : (
        <Day
          key={day}
          day={coverage.data}
          own={own}
          name={name}
          chosen={chosen}
          setCovered={setCovered}
        />
      )}
    </div>
  );
}

function Waiting(): ReactNode {
  const { t } = useTranslation();
  return <Skeleton height="16rem" radius="md" role="status" aria-label={t('app.loading')} />;
}

function Day({
  day,
  own,
  name,
  chosen,
  setCovered,
}: Covering & {
  readonly day: DayCoverage;
  readonly own: DeviceCoverage;
  readonly name: string;
  readonly chosen: string | null;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const [open, setOpen] = useState(chosen);
  const layout = layoutCoverage(own, day, now);
  const missingS = Math.max(0, own.scheduledS - own.recordedS);
  const show = (gap: Gap | null): void => {
    if (gap !== null) setOpen(gap.from);
  };
  return (
    <>
      <div>
        {/* A shortcut for fingers; the list below says and does the same for everybody. */}
        <div
          className={styles.bar}
          data-testid="coverage-bar"
          onClick={(event) => {
            const box = event.currentTarget.getBoundingClientRect();
            show(
              gapNear(layout.gaps, (event.clientX - box.left) / box.width, FINGER_PX / box.width),
            );
          }}
        >
          <CoverageBar
            tall
            layout={layout}
            chosen={layout.gaps.find(({ gap }) => gap.from === open) ?? null}
          />
        </div>
        <HourAxis from={day.from} to={day.to} />
        <ul className={styles.legend}>
          <li data-kind="recorded">{t('coverage.legendRecorded')}</li>
          <li data-kind="gap">{t('coverage.legendGap')}</li>
          <li data-kind="ahead">{t('coverage.legendAhead')}</li>
          <li data-kind="off">{t('coverage.legendOff')}</li>
        </ul>
      </div>
      <Facts
        facts={[
          {
            label: t('coverage.share'),
            value: own.coverage === null ? '–' : format.share(own.coverage),
          },
          { label: t('coverage.scheduled'), value: format.age(own.scheduledS) },
          { label: t('coverage.recorded'), value: format.age(own.recordedS) },
          { label: t('coverage.missing'), value: format.measured(missingS) },
          ...(own.scheduledFromRecordingsS === undefined
            ? []
            : [
                {
                  label: t('coverage.fromRecordings'),
                  value: format.age(own.scheduledFromRecordingsS),
                },
              ]),
          ...(own.unsyncedS > 0
            ? [{ label: t('coverage.unsynced'), value: format.age(own.unsyncedS) }]
            : []),
          ...(own.clockUnknownS > 0
            ? [{ label: t('coverage.clockNotTold'), value: format.age(own.clockUnknownS) }]
            : []),
        ]}
      />
      <section>
        <h3 className={styles.heading}>{t('coverage.gaps', { count: own.gaps.length })}</h3>
        {own.gaps.length === 0 ? (
          <p className={styles.quiet}>
            {own.coverage === null ? t('coverage.nothingScheduled') : t('coverage.noGaps')}
          </p>
        ) : (
          <GapList gaps={layout.gaps.map(({ gap }) => gap)} open={open} setOpen={setOpen} />
        )}
      </section>
      <CertificateChoice device={own.device} name={name} day={day.day} setCovered={setCovered} />
    </>
  );
}
