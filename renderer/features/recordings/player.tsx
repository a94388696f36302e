import type { RecordingFile, Stream } from '@shared/model/recording';
import { Button } from '@mantine/core';
import { IconVolumeOff } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import styles from './player.module.css';

/** Above this rate browsers commonly refuse to decode. Hz. */
const COMMONLY_PLAYABLE_HZ = 192_000;

interface Props {
  readonly id: number;
  readonly stream: Stream;
  readonly file: RecordingFile;
  readonly label: string;
  /** Switches to the other stream; null when there is none. */
  readonly other: ((stream: Stream) => void) | null;
}

export function Player({ id, stream, file, label, other }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [state, setState] = useState<'loading' | 'ready' | 'failed'>('loading');
  if (state === 'failed') {
    return (
      <div className={styles.failed} role="alert" data-testid="player-failed">
        <p className={styles.title}>
          <IconVolumeOff size={22} aria-hidden /> {t('recordings.cannotPlay')}
        </p>
        <p>
          {file.sampleRateHz > COMMONLY_PLAYABLE_HZ
            ? t('recordings.cannotPlayHighRate', { rate: format.rate(file.sampleRateHz) })
            : t('recordings.cannotPlayOther')}
        </p>
        <div className={styles.buttons}>
          {other === null ? null : (
            <Button
              onClick={() => {
                other(stream === 'raw' ? 'processed' : 'raw');
              }}
            >
              {stream === 'raw' ? t('recordings.tryProcessed') : t('recordings.tryRaw')}
            </Button>
          )}
          <Button
            variant="default"
            onClick={() => {
              setState('loading');
            }}
          >
            {t('common.retry')}
          </Button>
        </div>
      </div>
    );
  }
  return (
    <audio
      className={styles.player}
      controls
      preload="metadata"
      src={`media://recording/${String(id)}/${stream}`}
      aria-label={label}
      data-testid="player"
      data-state={state}
      data-stream={stream}
      onLoadedMetadata={() => {
        setState('ready');
      }}
      onError={() => {
        setState('failed');
      }}
    />
  );
}
