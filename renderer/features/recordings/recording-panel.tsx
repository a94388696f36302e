import type { Recording, RecordingFile } from '@shared/model/recording';
import { ActionIcon, Button, Skeleton } from '@mantine/core';
import {
  IconArrowBackUp,
  IconClock,
  IconLock,
  IconLockOpen,
  IconTrash,
  IconX,
} from '@tabler/icons-react';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import { Facts } from '../../components/facts';
import { LoadFailed } from '../../components/load-failed';
import { useUi } from '../../stores/ui';
import type { Marked } from './marked-rows';
import { Player } from './player/player';
import { RecordingCustody } from './recording-custody';
import { RecordingDetections } from './recording-detections';
import { RecordingFlagReasons, RecordingFlags } from './recording-flags';
import { RecordingIntegrity } from './recording-integrity';
import styles from './recording-panel.module.css';
import { RecordingTexts } from './recording-texts';
import { TagEditor } from './tag-editor';
import type { LibraryActions } from './use-library-actions';

interface Props {
  readonly id: number;
  readonly names: ReadonlyMap<string, string>;
  readonly actions: LibraryActions;
  /** Absent where the frame around it has its own close button. */
  readonly close?: () => void;
}

/** One recording: hear it, see it, describe it, and know everything that is known about it. */
export function RecordingPanel({ id, names, actions, close }: Props): ReactNode {
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
          actions={actions}
        />
      )}
    </div>
  );
}

function Details({
  recording,
  deviceName,
  actions,
}: {
  readonly recording: Recording;
  readonly deviceName: string;
  readonly actions: LibraryActions;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const utc = useUi((state) => state.utc);
  const toggleUtc = useUi((state) => state.toggleUtc);
  const jump = useRef<((atS: number) => void) | null>(null);
  const heard = useQuery(
    queries.recordings.detections.queryOptions({
      input: { id: recording.id },
      enabled: recording.detections > 0,
    }),
  );
  const time = format.instant(recording.time, 'dateTime');
  const only: Marked = { kind: 'some', ids: new Set([recording.id]) };
  const retag = (change: { add: string[]; remove: string[] }): void => {
    actions
      .tag(only, change)
      .then(() =>
        queryClient.invalidateQueries({
          queryKey: queries.recordings.get.key({ input: { id: recording.id } }),
        }),
      )
      .catch(() => undefined); // said by the bar that offers the way back
  };
  const inBin = recording.deletedAt !== null;
  return (
    <>
      <div>
        <p className={styles.time}>{time}</p>
        <p className={styles.device}>
          {deviceName}
          <Button
            variant="subtle"
            aria-pressed={utc}
            leftSection={<IconClock size={18} aria-hidden />}
            data-testid="panel-utc"
            onClick={toggleUtc}
          >
            {utc ? t('coverage.inUtc') : t('coverage.inZone')}
          </Button>
        </p>
        <div className={styles.flags}>
          <RecordingFlags recording={recording} />
        </div>
      </div>
      {recording.localDeleted ? (
        <p className={styles.note} data-testid="recording-deleted">
          {t('recordings.deletedHere')}
        </p>
      ) : (
        <Player
          recording={hereOf(recording)}
          detections={heard.data ?? []}
          label={t('recordings.playerLabel', { name: `${deviceName} ${time}` })}
          jump={jump}
        />
      )}
      <RecordingFlagReasons recording={recording} />
      <RecordingDetections
        detections={heard.data ?? []}
        jump={(atS) => {
          jump.current?.(atS);
        }}
      />
      <div className={styles.line}>
        {inBin ? (
          <Button
            variant="default"
            leftSection={<IconArrowBackUp size={20} aria-hidden />}
            disabled={actions.busy}
            data-testid="panel-restore"
            onClick={() => {
              actions.restore(only);
            }}
          >
            {t('recordings.restore')}
          </Button>
        ) : (
          <>
            <Button
              variant={recording.protected ? 'filled' : 'default'}
              aria-pressed={recording.protected}
              disabled={actions.busy}
              leftSection={
                recording.protected ? (
                  <IconLock size={20} aria-hidden />
                ) : (
                  <IconLockOpen size={20} aria-hidden />
                )
              }
              data-testid="panel-protect"
              onClick={() => {
                actions.protect(only, !recording.protected);
              }}
            >
              {recording.protected ? t('recordings.isProtected') : t('recordings.protect')}
            </Button>
            <Button
              variant="default"
              leftSection={<IconTrash size={20} aria-hidden />}
              disabled={actions.busy || recording.protected}
              data-testid="panel-discard"
              onClick={() => {
                actions.discard(only);
              }}
            >
              {t('recordings.discard')}
            </Button>
          </>
        )}
      </div>
      <TagEditor
        label={t('recordings.tags')}
        tags={recording.tags}
        disabled={inBin}
        add={(tag) => {
          retag({ add: [tag], remove: [] });
        }}
        remove={(tag) => {
          retag({ add: [], remove: [tag] });
        }}
        data-testid="panel-tags"
      />
      <RecordingTexts recording={recording} />
      <RecordingCustody recording={recording} />
      <RecordingIntegrity recording={recording} />
      <Facts
        facts={[
          { label: t('recordings.panelDuration'), value: format.length(recording.durationS) },
          { label: t('recordings.panelUtc'), value: recording.time, code: true },
          ...(recording.source === 'import'
            ? [
                {
                  label: t('recordings.originalName'),
                  value: recording.originalName ?? '–',
                  code: true,
                },
                {
                  label: t('recordings.timeFrom'),
                  value:
                    recording.timeSource === null ? '–' : t(`timeSource.${recording.timeSource}`),
                  wide: true,
                },
              ]
            : [
                { label: t('recordings.panelRun'), value: recording.runId ?? '–' },
                {
                  label: t('recordings.panelSequence'),
                  value: recording.sequence === null ? '–' : String(recording.sequence),
                },
              ]),
          { label: t('recordings.panelId'), value: String(recording.id) },
          {
            label: t('recordings.panelIndexed'),
            value: format.instant(recording.indexedAt, 'dateTime'),
          },
        ]}
      />
      {recording.raw === null ? null : (
        <FileFacts
          title={t('recordings.fileRaw')}
          file={recording.raw}
          missing={recording.missingFile === 'raw'}
        />
      )}
      {recording.processed === null ? null : (
        <FileFacts
          title={t('recordings.fileProcessed')}
          file={recording.processed}
          missing={recording.missingFile === 'processed'}
        />
      )}
    </>
  );
}

/** What can be heard and seen of it. */
function hereOf(recording: Recording): Recording {
  const { missingFile } = recording;
  return missingFile === null ? recording : { ...recording, [missingFile]: null };
}

function FileFacts({
  title,
  file,
  missing,
}: {
  readonly title: string;
  readonly file: RecordingFile;
  /** It is gone, while the other file of its pair is here. */
  readonly missing: boolean;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <section>
      <h3 className={styles.fileTitle}>{title}</h3>
      {missing ? (
        <p className={styles.note} data-testid="file-missing">
          {t('recordings.fileMissing')}
        </p>
      ) : null}
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
