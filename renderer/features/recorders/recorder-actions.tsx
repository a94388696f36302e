import type { Device } from '@shared/model/device';
import { Button } from '@mantine/core';
import {
  IconCheck,
  IconEyeOff,
  IconPlayerRecord,
  IconPlayerStop,
  IconTrash,
} from '@tabler/icons-react';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import { ConfirmDialog } from '../../components/confirm-dialog';
import styles from './recorder-actions.module.css';

/**
 * What can be done with a device now. Nothing is shown before it is true: a button stays busy until the
 * station has answered and its new state has been read.
 */
export function RecorderActions({ device }: { readonly device: Device }): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [asking, setAsking] = useState<'remove' | 'ignore' | null>(null);
  const reread = (): Promise<void> =>
    queryClient.invalidateQueries({ queryKey: queries.devices.key() });
  const start = useMutation(queries.recorders.start.mutationOptions({ onSettled: reread }));
  const stop = useMutation(queries.recorders.stop.mutationOptions({ onSettled: reread }));
  const enroll = useMutation(queries.devices.enroll.mutationOptions({ onSettled: reread }));
  const ignore = useMutation(queries.devices.ignore.mutationOptions({ onSettled: reread }));
  const remove = useMutation(queries.devices.remove.mutationOptions({ onSettled: reread }));
  const all = [start, stop, enroll, ignore, remove];
  const busy = all.some((action) => action.isPending);
  const latest = all.reduce((newest, action) =>
    action.submittedAt > newest.submittedAt ? action : newest,
  );
  const name = device.displayName;
  const byHand = device.kind !== 'usb';
  return (
    <div className={styles.actions}>
      <div className={styles.buttons}>
        {device.enrollment === 'enrolled' ? (
          device.enabled ? (
            <Button
              variant="default"
              leftSection={<IconPlayerStop size={20} aria-hidden />}
              loading={stop.isPending}
              disabled={busy}
              data-testid="recorder-stop"
              onClick={() => {
                stop.mutate({ device: device.name });
              }}
            >
              {t('recorders.stop')}
              <span className="visually-hidden"> {name}</span>
            </Button>
          ) : (
            <Button
              leftSection={<IconPlayerRecord size={20} aria-hidden />}
              loading={start.isPending}
              disabled={busy}
              data-testid="recorder-start"
              onClick={() => {
                start.mutate({ device: device.name });
              }}
            >
              {t('recorders.start')}
              <span className="visually-hidden"> {name}</span>
            </Button>
          )
        ) : (
          <Button
            leftSection={<IconCheck size={20} aria-hidden />}
            loading={enroll.isPending}
            disabled={busy}
            data-testid="recorder-enroll"
            onClick={() => {
              enroll.mutate({ name: device.name });
            }}
          >
            {t('recorders.enroll')}
            <span className="visually-hidden"> {name}</span>
          </Button>
        )}
        {device.enrollment === 'ignored' || byHand ? null : (
          <Button
            variant="default"
            leftSection={<IconEyeOff size={20} aria-hidden />}
            loading={ignore.isPending}
            disabled={busy}
            data-testid="recorder-ignore"
            onClick={() => {
              setAsking('ignore');
            }}
          >
            {t('recorders.ignore')}
            <span className="visually-hidden"> {name}</span>
          </Button>
        )}
        {byHand ? (
          <Button
            variant="default"
            leftSection={<IconTrash size={20} aria-hidden />}
            loading={remove.isPending}
            disabled={busy}
            data-testid="recorder-remove"
            onClick={() => {
              setAsking('remove');
            }}
          >
            {t('recorders.remove')}
            <span className="visually-hidden"> {name}</span>
          </Button>
        ) : null}
      </div>
      <ErrorNote error={latest.error} />
      <ConfirmDialog
        opened={asking === 'remove'}
        title={t('recorders.removeTitle', { name })}
        consequences={[t('recorders.removeText'), t('recorders.removeUndo')]}
        confirmLabel={t('recorders.removeConfirm')}
        confirm={() => {
          setAsking(null);
          remove.mutate({ name: device.name });
        }}
        cancel={() => {
          setAsking(null);
        }}
      />
      <ConfirmDialog
        opened={asking === 'ignore'}
        title={t('recorders.ignoreTitle', { name })}
        consequences={[t('recorders.ignoreText')]}
        confirmLabel={t('recorders.ignoreConfirm')}
        confirm={() => {
          setAsking(null);
          ignore.mutate({ name: device.name });
        }}
        cancel={() => {
          setAsking(null);
        }}
      />
    </div>
  );
}
