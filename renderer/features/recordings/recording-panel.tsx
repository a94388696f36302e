import type { Recording, RecordingFile, Stream } from '@shared/model/recording';
import { ActionIcon, SegmentedControl, Skeleton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { Facts } from '../../components/facts';
import { LoadFailed } from '../../components/load-failed';
import { Player } from './player';
import { RecordingFlagReasons, RecordingFlags } from './recording-flags';
import styles from './recording-panel.module.css';

interface Props {
  readonly id: number;
  readonly names: ReadonlyMap<string, string>;
  /** Absent where the frame around it has its own close button. */
  readonly close?: () => void;
}

/** One recording: hear it, and see everything that is known about it. */
export function RecordingPanel({ id, names, close }: Props): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const recording = useQuery(queries.recordings.get.queryOptions({ input: { id } }));
  return (
    <div className={styles.panel} data-testid="recording-panel" data-id={id}>
      {close === undefined ? null : (
        <div className={styles.head}>
          <h2 className={styles.title}>{t('recordings.panelTitle')}</h2>
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--text)"
            onClick={close}
            aria-label={t('common.close')}
          >
            <IconX size={22} aria-hidden />
          </ActionIcon>
        </div>
      )}
      {recording.data === undefined ? (
        recording.isError ? (
          <LoadFailed
            error={recording.error}
            retry={() => {
              void recording.refetch();
            }}
          />
        ) : (
          <Skeleton height="20rem" radius="md" role="status" aria-label={t('app.loading')} />
        )
      ) : (
        <Details
          recording={recording.data}
          deviceName={names.get(recording.data.device) ?? recording.data.device}
        />
      )}
    </div>
  );
}

function Details({
  recording,
  deviceName,
}: {
  readonly recording: Recording;
  readonly deviceName: string;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [chosen, setChosen] = useState<Stream | null>(null);
  // The processed file is what ears and screens can take; the raw one may run at 384 kHz.
  const stream: Stream = chosen ?? (recording.processed === null ? 'raw' : 'processed');
  const file = recording[stream];
  const time = format.instant(recording.time, 'dateTime');
  return (
    <>
      <div>
        <p className={styles.time}>{time}</p>
        <p className={styles.device}>{deviceName}</p>
        <div className={styles.flags}>
          <RecordingFlags recording={recording} />
        </div>
        <RecordingFlagReasons recording={recording} />
      </div>
      {recording.localDeleted ? (
        <p className={styles.note} data-testid="recording-deleted">
          {t('recordings.deletedHere')}
        </p>
      ) : (
        <>
          <SegmentedControl
            fullWidth
            aria-label={t('recordings.stream')}
            data-testid="stream-choice"
            value={stream}
            onChange={setChosen}
            data={[
              {
                value: 'processed' as const,
                label: t('recordings.processed'),
                disabled: recording.processed === null,
              },
              {
                value: 'raw' as const,
                label: t('recordings.raw'),
                disabled: recording.raw === null,
              },
            ]}
          />
          {file === null ? (
            <p className={styles.note}>{t('recordings.noStream')}</p>
          ) : (
            <Player
              key={stream}
              id={recording.id}
              stream={stream}
              file={file}
              label={t('recordings.playerLabel', {
                name: `${deviceName} ${time}`,
                stream: t(`recordings.${stream}`),
              })}
              other={recording[stream === 'raw' ? 'processed' : 'raw'] === null ? null : setChosen}
            />
          )}
        </>
      )}
      <Facts
        facts={[
          { label: t('recordings.panelDuration'), value: format.length(recording.durationS) },
          { label: t('recordings.panelId'), value: String(recording.id) },
          { label: t('recordings.panelRun'), value: recording.runId ?? '–' },
          {
            label: t('recordings.panelSequence'),
            value: recording.sequence === null ? '–' : String(recording.sequence),
          },
          {
            label: t('recordings.panelIndexed'),
            value: format.instant(recording.indexedAt, 'dateTime'),
          },
        ]}
      />
      {recording.raw === null ? null : (
        <FileFacts title={t('recordings.fileRaw')} file={recording.raw} />
      )}
      {recording.processed === null ? null : (
        <FileFacts title={t('recordings.fileProcessed')} file={recording.processed} />
      )}
    </>
  );
}

function FileFacts({
  title,
  file,
}: {
  readonly title: string;
  readonly file: RecordingFile;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section>
      <h3 className={styles.fileTitle}>{title}</h3>
      <Facts
        facts={[
          { label: t('recordings.rate'), value: format.rate(file.sampleRateHz) },
          {
            label: t('recordings.format'),
            value: `${t('recordings.bits', { count: file.bitsPerSample })} · ${t('channels', { count: file.channels })}`,
          },
          { label: t('recordings.size'), value: format.bytes(file.sizeBytes) },
          { label: t('recordings.frames'), value: format.count(file.frames) },
          { label: t('recordings.path'), value: file.path, code: true },
          {
            label: t('recordings.sha256'),
            value: file.sha256 ?? t('recordings.sha256Pending'),
            code: true,
          },
        ]}
      />
    </section>
  );
}
