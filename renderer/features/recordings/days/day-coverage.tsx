import type { DeviceCoverage, DayCoverage as Coverage } from '@shared/model/coverage';
import { Skeleton, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { lazyDialog } from '../../../app/lazy-dialog';
import { CoverageBar } from '../../../components/coverage/coverage-bar';
import type { CoverageDialogProps } from '../../../components/coverage/coverage-dialog-props';
import { layoutCoverage } from '../../../components/coverage/coverage-layout';
import { useCoverageDay } from '../../../components/coverage/use-coverage-day';
import { ErrorNote } from '../../../components/error-note';
import { useStationNow } from '../../../stores/station-view';
import styles from './day-coverage.module.css';

const CoverageDrawer = lazyDialog<CoverageDialogProps>(
  async () => (await import('../../../components/coverage/coverage-drawer')).CoverageDrawer,
);

/** What each microphone should have recorded on a day, and what it did; a press tells the gaps and their causes. */
export function DayCoverage({ day }: { readonly day: string }): ReactNode {
  const { t } = useTranslation();
  const coverage = useCoverageDay(day);
  const [open, setOpen] = useState(false);
  const [device, setDevice] = useState<DeviceCoverage | null>(null);
  if (coverage.data === undefined)
    return coverage.isError ? (
      <ErrorNote error={coverage.error} />
    ) : (
      <Skeleton height="var(--target)" radius="sm" role="status" aria-label={t('app.loading')} />
    );
  const { data } = coverage;
  if (data.devices.length === 0)
    return <p className={styles.none}>{t('coverage.nothingScheduled')}</p>;
  return (
    <>
      <ul className={styles.list} data-testid="day-coverage">
        {data.devices.map((own) => (
          <li key={own.device}>
            <Line
              own={own}
              day={data}
              press={() => {
                setDevice(own);
                setOpen(true);
              }}
            />
          </li>
        ))}
      </ul>
      <CoverageDrawer
        opened={open && device !== null}
        close={() => {
          setOpen(false);
        }}
        device={device?.device ?? ''}
        name={device?.displayName ?? ''}
        chosen={null}
        day={day}
      />
    </>
  );
}

function Line({
  own,
  day,
  press,
}: {
  readonly own: DeviceCoverage;
  readonly day: Coverage;
  readonly press: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  return (
    <UnstyledButton className={styles.line} aria-haspopup="dialog" onClick={press}>
      <span className={styles.name}>{own.displayName}</span>
      <span className={styles.bar}>
        <CoverageBar layout={layoutCoverage(own, day, now)} />
      </span>
      <span className={styles.figure}>
        {own.coverage === null
          ? t('coverage.nothingScheduled')
          : `${format.share(own.coverage)} · ${t('coverage.gaps', { count: own.gaps.length })}`}
      </span>
      <IconChevronRight size={18} aria-hidden />
    </UnstyledButton>
  );
}
