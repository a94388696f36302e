import type { Device } from '@shared/model/device';
import { Button } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { DayField } from '../../components/day-field';
import { Dialog } from '../../components/dialog';
import { ErrorNote } from '../../components/error-note';
import { NoContact } from '../../components/no-contact';
import { useStationNow, useTimeZone } from '../../stores/station-view';
import styles from './pause-dialog.module.css';
import { customPause, firstDeadline, pauseChoices } from './pause-until';
import { TimeField } from './time-field';

export interface PauseDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly device: Device;
}

/** How long to record nothing. Every choice says when it ends; it ends by itself. */
export function PauseDialog({ opened, close, device }: PauseDialogProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('pause.titleOf', { name: device.displayName })}>
      <Choices device={device} close={close} />
    </Dialog>
  );
}

function Choices(props: Omit<PauseDialogProps, 'opened'>): ReactNode {
  const now = useStationNow();
  // Without the station's clock there is nothing to reckon with.
  return now === null ? <NoContact /> : <Form {...props} now={now} />;
}

function Form({
  device,
  close,
  now,
}: Omit<PauseDialogProps, 'opened'> & { readonly now: number }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const zone = useTimeZone();
  const [day, setDay] = useState<string | null>(null);
  const [time, setTime] = useState<string | null>(null);
  const [first] = useState(() => firstDeadline(now, zone));
  const pause = useMutation(
    queries.recorders.pause.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: queries.devices.key() });
        close();
      },
    }),
  );
  const chosenDay = day ?? first.day;
  const chosenTime = time ?? first.time;
  const custom = customPause(chosenDay, chosenTime, zone, now);
  return (
    <div className={styles.body} data-testid="pause-dialog">
      <p className={styles.help}>{t('pause.help')}</p>
      <div className={styles.choices}>
        {pauseChoices(now, zone).map(({ kind, until }) => (
          <Button
            key={kind}
            variant="default"
            disabled={pause.isPending}
            data-testid={`pause-${kind}`}
            onClick={() => {
              pause.mutate({ device: device.name, until });
            }}
          >
            {t(`pause.${kind}`)}
            <span className={styles.until}>
              {t('pause.until', { time: format.moment(until, now) })}
            </span>
          </Button>
        ))}
      </div>
      <form
        className={styles.custom}
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if ('until' in custom) pause.mutate({ device: device.name, until: custom.until });
        }}
      >
        <DayField
          label={t('pause.day')}
          value={chosenDay}
          change={setDay}
          stacked
          data-testid="pause-day"
        />
        <TimeField
          label={t('pause.time')}
          value={chosenTime}
          change={setTime}
          data-testid="pause-time"
        />
        <Button
          type="submit"
          disabled={!('until' in custom)}
          loading={pause.isPending}
          data-testid="pause-custom"
        >
          {'until' in custom
            ? t('pause.pauseUntil', { time: format.moment(custom.until, now) })
            : t('recorders.pause')}
        </Button>
      </form>
      <p className={styles.problem} role="status">
        {'problem' in custom && custom.problem !== 'no_time'
          ? t(`pause.problem_${custom.problem}`)
          : ''}
      </p>
      <ErrorNote error={pause.error} />
    </div>
  );
}
