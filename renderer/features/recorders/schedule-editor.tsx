import type { Device } from '@shared/model/device';
import type { Schedule } from '@shared/model/schedule';
import { ActionIcon, Button, SegmentedControl } from '@mantine/core';
import { IconPlus, IconTrash } from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { Dialog } from '../../components/dialog';
import { ErrorNote } from '../../components/error-note';
import {
  FIRST_HOURS,
  FIRST_SUN,
  hoursRemark,
  MOST_WINDOWS,
  sameSchedule,
  toDraft,
  toSchedule,
  type ScheduleDraft,
} from './schedule-draft';
import styles from './schedule-editor.module.css';
import { SchedulePreview } from './schedule-preview';
import { SunTimeField } from './sun-time-field';
import { TimeField } from './time-field';

export interface ScheduleEditorProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly device: Device;
}

export function ScheduleEditor({ opened, close, device }: ScheduleEditorProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog
      opened={opened}
      close={close}
      title={t('schedule.titleOf', { name: device.displayName })}
      size="46rem"
    >
      <Form device={device} close={close} />
    </Dialog>
  );
}

const KINDS: readonly Schedule['kind'][] = ['always', 'hours', 'sun'];

function Form({ device, close }: Omit<ScheduleEditorProps, 'opened'>): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [draft, setDraft] = useState<ScheduleDraft>(() => toDraft(device.schedule));
  const [lastValid, setLastValid] = useState<Schedule>(device.schedule);
  const save = useMutation(
    queries.recorders.setSchedule.mutationOptions({
      onSuccess: async () => {
        await queryClient.invalidateQueries({ queryKey: queries.devices.key() });
        close();
      },
    }),
  );
  const schedule = toSchedule(draft);
  const edit = (next: ScheduleDraft): void => {
    setDraft(next);
    const valid = toSchedule(next);
    if (valid !== null) setLastValid(valid);
  };
  const windows = draft.kind === 'hours' ? draft.hours : draft.kind === 'sun' ? draft.sun : [];
  return (
    <form
      className={styles.form}
      data-testid="schedule-form"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        if (schedule !== null) save.mutate({ device: device.name, schedule });
      }}
    >
      <SegmentedControl
        fullWidth
        aria-label={t('schedule.kind')}
        data-testid="schedule-kind"
        value={draft.kind}
        onChange={(kind) => {
          edit({ ...draft, kind });
        }}
        data={KINDS.map((kind) => ({ value: kind, label: t(`schedule.kind_${kind}`) }))}
      />
      <p className={styles.help}>{t(`schedule.help_${draft.kind}`)}</p>
      {draft.kind === 'hours'
        ? draft.hours.map((window, index) => {
            const change = (part: Partial<typeof window>): void => {
              edit({ ...draft, hours: draft.hours.with(index, { ...window, ...part }) });
            };
            const remark = hoursRemark(window);
            return (
              <fieldset key={index} className={styles.window} data-testid="schedule-window">
                <legend className="visually-hidden">
                  {t('schedule.window', { number: index + 1 })}
                </legend>
                <TimeField
                  label={t('recordings.from')}
                  value={window.from}
                  change={(from) => {
                    change({ from });
                  }}
                  data-testid="window-from"
                />
                <TimeField
                  label={t('recordings.to')}
                  value={window.to}
                  change={(to) => {
                    change({ to });
                  }}
                  data-testid="window-to"
                />
                <Remove
                  index={index}
                  only={draft.hours.length === 1}
                  press={() => {
                    edit({ ...draft, hours: draft.hours.toSpliced(index, 1) });
                  }}
                />
                <p className={styles.remark}>
                  {remark === null ? '' : t(`schedule.remark_${remark}`)}
                </p>
              </fieldset>
            );
          })
        : null}
      {draft.kind === 'sun'
        ? draft.sun.map((window, index) => (
            <fieldset key={index} className={styles.window} data-testid="schedule-window">
              <legend className="visually-hidden">
                {t('schedule.window', { number: index + 1 })}
              </legend>
              {(['from', 'to'] as const).map((end) => (
                <SunTimeField
                  key={end}
                  label={t(`recordings.${end}`)}
                  value={window[end]}
                  change={(value) => {
                    edit({ ...draft, sun: draft.sun.with(index, { ...window, [end]: value }) });
                  }}
                  data-testid={`window-${end}`}
                />
              ))}
              <Remove
                index={index}
                only={draft.sun.length === 1}
                press={() => {
                  edit({ ...draft, sun: draft.sun.toSpliced(index, 1) });
                }}
              />
            </fieldset>
          ))
        : null}
      {draft.kind === 'always' ? null : windows.length < MOST_WINDOWS ? (
        <Button
          variant="default"
          className={styles.add}
          leftSection={<IconPlus size={20} aria-hidden />}
          data-testid="schedule-add-window"
          onClick={() => {
            edit(
              draft.kind === 'hours'
                ? { ...draft, hours: [...draft.hours, FIRST_HOURS] }
                : { ...draft, sun: [...draft.sun, FIRST_SUN] },
            );
          }}
        >
          {t('schedule.addWindow')}
        </Button>
      ) : (
        <p className={styles.help}>{t('schedule.mostWindows', { count: MOST_WINDOWS })}</p>
      )}
      {draft.kind === 'always' ? null : <SchedulePreview schedule={schedule ?? lastValid} />}
      <ErrorNote error={save.error} />
      <div className={styles.buttons}>
        <Button variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        <Button
          type="submit"
          loading={save.isPending}
          disabled={schedule === null || sameSchedule(schedule, device.schedule)}
          data-testid="schedule-save"
        >
          {t('schedule.save')}
        </Button>
      </div>
    </form>
  );
}

function Remove({
  index,
  only,
  press,
}: {
  readonly index: number;
  readonly only: boolean;
  readonly press: () => void;
}): ReactNode {
  const { t } = useTranslation();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      {...(only ? {} : { c: 'var(--text)' })}
      disabled={only}
      aria-label={t('schedule.removeWindow', { number: index + 1 })}
      onClick={press}
    >
      <IconTrash size={20} aria-hidden />
    </ActionIcon>
  );
}
