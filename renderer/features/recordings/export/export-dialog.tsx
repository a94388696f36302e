import type { Export, ExportFormat } from '@shared/model/export';
import type { Selection, Stream } from '@shared/model/recording';
import { Button } from '@mantine/core';
import {
  IconCircleCheck,
  IconAlertTriangle,
  IconFolder,
  IconPlayerStop,
} from '@tabler/icons-react';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useId, useMemo, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { Dialog } from '../../../components/dialog';
import { ErrorNote } from '../../../components/error-note';
import { StatusBadge } from '../../../components/status-badge';
import styles from '../dialog.module.css';
import { PathField, Places } from '../path-choice';
import { useLive } from '../use-live';
import { WorkProgress } from '../work-progress';
import own from './export.module.css';

export interface ExportDialogProps {
  readonly opened: boolean;
  readonly close: () => void;
  readonly selection: Selection | null;
}

const FORMATS: readonly ExportFormat[] = ['wav', 'flac', 'csv', 'data_package', 'personal_data'];
const STREAMS: readonly Stream[] = ['raw', 'processed'];

/** Copies a selection out of the station: as what, where to, how far. */
export function ExportDialog({ opened, close, selection }: ExportDialogProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('export.title')} size="46rem">
      {selection === null ? null : <Steps selection={selection} close={close} />}
    </Dialog>
  );
}

function Steps({
  selection,
  close,
}: {
  readonly selection: Selection;
  readonly close: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const [id, setId] = useState<string | null>(null);
  const list = useQuery(queries.exports.list.queryOptions({ staleTime: 0 }));
  const running = list.data?.find(({ state }) => state === 'running');
  const shown = id ?? running?.id ?? null;
  return shown === null ? (
    <Form selection={selection} started={setId} />
  ) : (
    <div className={styles.body}>
      <Run key={shown} id={shown} known={list.data?.find((one) => one.id === shown) ?? null} />
      <div className={styles.buttons}>
        <Button
          variant="default"
          data-testid="export-another"
          onClick={() => {
            setId(null);
            void list.refetch();
          }}
        >
          {t('export.another')}
        </Button>
        <Button onClick={close} data-testid="export-close">
          {t('common.close')}
        </Button>
      </div>
    </div>
  );
}

function Form({
  selection,
  started,
}: {
  readonly selection: Selection;
  readonly started: (id: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const { client } = useStation();
  const group = useId();
  const [format, setFormat] = useState<ExportFormat>('wav');
  const [streams, setStreams] = useState<readonly Stream[]>(['raw']);
  const [folder, setFolder] = useState<string | null>(null);
  const choose = useMutation({
    mutationFn: () => client.dialogs.openFolder({ purpose: 'export' }),
    onSuccess: ({ paths: [path] }) => {
      if (path !== undefined) setFolder(path);
    },
  });
  const start = useMutation({
    mutationFn: (target: string) =>
      client.exports.start({ selection, format, streams: [...streams], folder: target }),
    onSuccess: ({ id }) => {
      started(id);
    },
  });
  const withSound = format === 'wav' || format === 'flac' || format === 'data_package';
  return (
    <form
      className={styles.body}
      noValidate
      data-testid="export-form"
      onSubmit={(event) => {
        event.preventDefault();
        if (folder !== null && !start.isPending) start.mutate(folder);
      }}
    >
      <fieldset className={own.formats}>
        <legend>{t('export.format')}</legend>
        {FORMATS.map((one) => (
          <label key={one} className={own.format}>
            <input
              type="radio"
              name={group}
              checked={format === one}
              onChange={() => {
                setFormat(one);
              }}
              data-testid={`export-format-${one}`}
            />
            <span>
              <strong>{t(`exportFormat.${one}.text`)}</strong>
              <span className={own.help}>{t(`exportFormat.${one}.advice`)}</span>
            </span>
          </label>
        ))}
      </fieldset>
      {withSound ? (
        <fieldset className={styles.group}>
          <legend>{t('export.streams')}</legend>
          {STREAMS.map((stream) => (
            <label key={stream} className={styles.check}>
              <input
                type="checkbox"
                checked={streams.includes(stream)}
                // One of them at least.
                disabled={streams.length === 1 && streams.includes(stream)}
                onChange={() => {
                  setStreams(
                    STREAMS.filter((other) =>
                      other === stream ? !streams.includes(other) : streams.includes(other),
                    ),
                  );
                }}
                data-testid={`export-stream-${stream}`}
              />
              {t(`recordings.${stream}`)}
            </label>
          ))}
        </fieldset>
      ) : null}
      <div className={own.target}>
        <span className={own.caption}>{t('export.folder')}</span>
        <p className={own.folder} data-testid="export-folder-chosen">
          {folder ?? t('export.noFolder')}
        </p>
        <Button
          variant="default"
          leftSection={<IconFolder size={20} aria-hidden />}
          loading={choose.isPending}
          data-testid="export-folder"
          onClick={() => {
            choose.mutate();
          }}
        >
          {t('export.chooseFolder')}
        </Button>
      </div>
      <ErrorNote error={choose.error} />
      <Places writable choose={setFolder} />
      <PathField label={t('export.path')} take={setFolder} />
      <ErrorNote error={start.error} />
      <div className={styles.buttons}>
        <Button
          type="submit"
          disabled={folder === null}
          loading={start.isPending}
          data-testid="export-start"
        >
          {t('export.start')}
        </Button>
      </div>
    </form>
  );
}

function Run({ id, known }: { readonly id: string; readonly known: Export | null }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { client, queries } = useStation();
  const queryClient = useQueryClient();
  const watch = useMemo(
    () => async (signal: AbortSignal) => client.exports.watch({ id }, { signal }),
    [client, id],
  );
  const live = useLive(watch);
  const cancel = useMutation(
    queries.exports.cancel.mutationOptions({
      onSettled: () => queryClient.invalidateQueries({ queryKey: queries.exports.key() }),
    }),
  );
  const current = cancel.data ?? live ?? known;
  if (current === null) return <p role="status">{t('app.loading')}</p>;
  const running = current.state === 'running';
  const good = current.state === 'done' && current.remarkCount === 0;
  return (
    <section className={styles.body} data-testid="export-run" data-state={current.state}>
      <div className={own.target}>
        <StatusBadge
          tone={running ? 'info' : good ? 'good' : 'attention'}
          {...(running ? {} : { icon: good ? IconCircleCheck : IconAlertTriangle })}
        >
          {t(`exportState.${current.state}`)}
        </StatusBadge>
        <span role="status">
          {t('export.doneOf', {
            done: format.count(current.done),
            total: format.count(current.recordings),
          })}
        </span>
      </div>
      <p className={own.folder}>{current.folder}</p>
      {current.problem === null ? null : (
        <p className={styles.danger} role="alert" lang="en">
          {current.problem}
        </p>
      )}
      {running ? (
        <>
          <WorkProgress
            label={t('export.progress')}
            doneBytes={current.doneBytes}
            totalBytes={current.totalBytes}
            bytesPerS={current.bytesPerS}
            secondsLeft={current.secondsLeft}
            counting={false}
            current={current.phase === 'verifying' ? t('export.verifying') : null}
          />
          <div className={styles.buttons}>
            <Button
              variant="default"
              leftSection={<IconPlayerStop size={20} aria-hidden />}
              loading={cancel.isPending}
              data-testid="export-cancel"
              onClick={() => {
                cancel.mutate({ id });
              }}
            >
              {t('export.cancel')}
            </Button>
          </div>
        </>
      ) : null}
      {current.skipped === 0 ? null : (
        <p className={styles.danger} data-testid="export-skipped">
          {t('export.skipped', {
            count: current.skipped,
            formatted: format.count(current.skipped),
          })}
        </p>
      )}
      {current.remarkCount === 0 ? null : (
        <section>
          <h3 className={own.heading}>
            {t('export.remarks', {
              count: current.remarkCount,
              formatted: format.count(current.remarkCount),
            })}
          </h3>
          <ul className={own.remarks} data-testid="export-remarks">
            {current.remarks.map((remark, index) => (
              // Remarks only ever come to the end.
              <li key={index}>
                {remark.recordingId === null ? '' : `${String(remark.recordingId)}: `}
                {t(`exportRemark.${remark.kind}`)}
                <span className={own.help} lang="en">
                  {remark.detail}
                </span>
              </li>
            ))}
          </ul>
        </section>
      )}
      <ErrorNote error={cancel.error} />
    </section>
  );
}
