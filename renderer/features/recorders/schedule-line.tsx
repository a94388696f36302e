import type { Device } from '@shared/model/device';
import type { RecorderStatus } from '@shared/model/recorder';
import { Button } from '@mantine/core';
import { IconCalendarTime, IconPlayerPause, IconPlayerPlay } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { lazyDialog } from '../../app/lazy-dialog';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import { useStationNow } from '../../stores/station-view';
import type { PauseDialogProps } from './pause-dialog';
import type { ScheduleEditorProps } from './schedule-editor';
import styles from './schedule-line.module.css';
import { scheduleInWords } from './schedule-words';

const ScheduleEditor = lazyDialog<ScheduleEditorProps>(
  async () => (await import('./schedule-editor')).ScheduleEditor,
);
const PauseDialog = lazyDialog<PauseDialogProps>(
  async () => (await import('./pause-dialog')).PauseDialog,
);

/** When a device records, and the ways to change that: its schedule, a pause, the end of a pause. */
export function ScheduleLine({
  device,
  recorder,
}: {
  readonly device: Device;
  readonly recorder: RecorderStatus | null;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const now = useStationNow();
  const [open, setOpen] = useState<'schedule' | 'pause' | null>(null);
  const resume = useMutation(
    queries.recorders.resume.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.devices.key() }),
    }),
  );
  const { pausedUntil } = device;
  const paused = pausedUntil !== null && now !== null && Date.parse(pausedUntil) > now;
  const close = (): void => {
    setOpen(null);
  };
  return (
    <div className={styles.line}>
      <p className={styles.words} data-testid="schedule-words">
        <span className={styles.label}>{t('schedule.title')}</span>{' '}
        {scheduleInWords(device.schedule, t)}
        {paused ? (
          <span className={styles.paused}>
            {t('recorders.pausedUntil', { time: format.moment(pausedUntil, now) })}
          </span>
        ) : null}
        {recorder?.desired === true && recorder.nextChangeAt !== null ? (
          <span className={styles.until} data-testid="records-until">
            {t('schedule.recordsUntil', { time: format.moment(recorder.nextChangeAt, now) })}
          </span>
        ) : null}
      </p>
      <div className={styles.buttons}>
        <Button
          variant="default"
          leftSection={<IconCalendarTime size={20} aria-hidden />}
          data-testid="schedule-edit"
          onClick={() => {
            setOpen('schedule');
          }}
        >
          {t('schedule.change')}
          <span className="visually-hidden"> {device.displayName}</span>
        </Button>
        {paused ? (
          <Button
            leftSection={<IconPlayerPlay size={20} aria-hidden />}
            loading={resume.isPending}
            data-testid="recorder-resume"
            onClick={() => {
              resume.mutate({ device: device.name });
            }}
          >
            {t('recorders.resume')}
            <span className="visually-hidden"> {device.displayName}</span>
          </Button>
        ) : (
          <Button
            variant="default"
            leftSection={<IconPlayerPause size={20} aria-hidden />}
            data-testid="recorder-pause"
            onClick={() => {
              setOpen('pause');
            }}
          >
            {t('recorders.pause')}
            <span className="visually-hidden"> {device.displayName}</span>
          </Button>
        )}
      </div>
      <ErrorNote error={resume.error} />
      <ScheduleEditor opened={open === 'schedule'} close={close} device={device} />
      <PauseDialog opened={open === 'pause'} close={close} device={device} />
    </div>
  );
}
