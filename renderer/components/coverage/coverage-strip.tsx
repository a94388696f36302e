import { Skeleton, UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useState, type MouseEvent, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { lazyDialog } from '../../app/lazy-dialog';
import { useStationNow } from '../../stores/station-view';
import { CoverageBar } from './coverage-bar';
import type { CoverageDialogProps } from './coverage-dialog-props';
import { gapNear, hasJustBegun, layoutCoverage } from './coverage-layout';
import styles from './coverage-strip.module.css';
import { coverageOfDevice, useCoverageDay, useToday } from './use-coverage-day';

const CoverageDrawer = lazyDialog<CoverageDialogProps>(
  async () => (await import('./coverage-drawer')).CoverageDrawer,
);

/** A finger is this wide. Pixels. */
const FINGER_PX = 28;

/** What one device recorded today, at a glance; a tap shows every gap with its cause, the one under the finger first. */
export function CoverageStrip({
  device,
  name,
}: {
  readonly device: string;
  readonly name: string;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const today = useToday();
  const day = useCoverageDay(today);
  const [open, setOpen] = useState(false);
  const [tapped, setTapped] = useState<string | null>(null);
  const own = coverageOfDevice(day.data, device);
  // A device that came a moment ago may not be in the answer yet.
  if (day.data !== undefined && own === null) return null;
  const layout = day.data === undefined || own === null ? null : layoutCoverage(own, day.data, now);
  const words =
    own === null
      ? t('coverage.notKnown')
      : own.coverage === null
        ? t('coverage.nothingScheduled')
        : hasJustBegun(own)
          ? t('coverage.justBegun')
          : `${format.share(own.coverage)} · ${t('coverage.gaps', { count: own.gaps.length })}`;
  const show = (event: MouseEvent<HTMLElement>): void => {
    const bar = event.currentTarget.querySelector('[data-part="bar"]')?.getBoundingClientRect();
    // A press of a key has no place.
    const pressed = event.detail > 0 && bar !== undefined && bar.width > 0;
    const gap =
      layout !== null && pressed
        ? gapNear(layout.gaps, (event.clientX - bar.left) / bar.width, FINGER_PX / bar.width)
        : null;
    setTapped(gap?.from ?? null);
    setOpen(true);
  };
  return (
    <>
      {layout === null && !day.isError ? (
        <Skeleton height="3.5rem" radius="sm" role="status" aria-label={t('app.loading')} />
      ) : (
        <UnstyledButton
          className={styles.strip}
          aria-haspopup="dialog"
          data-testid="coverage-strip"
          data-device={device}
          data-gaps={own?.gaps.length}
          onClick={show}
        >
          <span className={styles.words}>
            <span className={styles.label}>{t('coverage.today')}</span>
            <span className={styles.figure}>{words}</span>
            <IconChevronRight size={18} aria-hidden />
          </span>
          <span className={styles.bar} data-part="bar">
            {layout === null ? null : <CoverageBar layout={layout} />}
          </span>
          <span className="visually-hidden">{t('coverage.showOf', { name })}</span>
        </UnstyledButton>
      )}
      <CoverageDrawer
        opened={open}
        close={() => {
          setOpen(false);
        }}
        device={device}
        name={name}
        chosen={tapped}
      />
    </>
  );
}
