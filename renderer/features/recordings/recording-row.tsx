import type { Recording } from '@shared/model/recording';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { RecordingFlags } from './recording-flags';
import styles from './recording-table.module.css';

interface Props {
  readonly recording: Recording;
  readonly deviceName: string;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly height: number;
  readonly selected: boolean;
  readonly tabbable: boolean;
  readonly select: () => void;
}

export function RecordingRow({
  recording,
  deviceName,
  index,
  top,
  height,
  selected,
  tabbable,
  select,
}: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const file = recording.raw ?? recording.processed;
  const sizeBytes = (recording.raw?.sizeBytes ?? 0) + (recording.processed?.sizeBytes ?? 0);
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={selected}
      tabIndex={tabbable ? 0 : -1}
      className={`${styles.row ?? ''} ${styles.bodyRow ?? ''}`}
      style={{ transform: `translateY(${String(top)}px)`, height }}
      data-testid="recording-row"
      data-id={recording.id}
      data-device={recording.device}
      onClick={select}
      onKeyDown={(event) => {
        if (event.key === 'Enter' || event.key === ' ') {
          event.preventDefault();
          select();
        }
      }}
    >
      <span role="gridcell" className={styles.time}>
        {format.instant(recording.time, 'dateTime')}
      </span>
      <span role="gridcell" className={styles.device}>
        {deviceName}
      </span>
      <span role="gridcell" className={styles.duration}>
        {format.length(recording.durationS)}
      </span>
      <span role="gridcell" className={styles.rate}>
        {file === null
          ? '–'
          : `${format.rate(file.sampleRateHz)} · ${t('recordings.bits', { count: file.bitsPerSample })} · ${t('channels', { count: file.channels })}`}
      </span>
      <span role="gridcell" className={styles.size}>
        {format.bytes(sizeBytes)}
      </span>
      <span role="gridcell" className={styles.flags}>
        <RecordingFlags recording={recording} />
      </span>
    </div>
  );
}
