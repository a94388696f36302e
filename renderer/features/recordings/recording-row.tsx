import type { Recording } from '@shared/model/recording';
import type { MouseEvent, ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { CUSTODY_LOOK, custodyAtAGlance } from './custody-look';
import { RecordingFlags } from './recording-flags';
import styles from './recording-table.module.css';

interface Props {
  readonly recording: Recording;
  readonly deviceName: string;
  readonly index: number;
  /** Pixels from the top of the list. */
  readonly top: number;
  readonly height: number;
  /** It is shown beside the list. */
  readonly open: boolean;
  readonly marked: boolean;
  /** A press marks instead of opening. */
  readonly marking: boolean;
  readonly tabbable: boolean;
  readonly select: () => void;
  /** `range`: everything from the last one that was marked up to here. */
  readonly mark: (range: boolean) => void;
}

export function RecordingRow({
  recording,
  deviceName,
  index,
  top,
  height,
  open,
  marked,
  marking,
  tabbable,
  select,
  mark,
}: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const file = recording.raw ?? recording.processed;
  // What was imported is known to people by the name of its file.
  const name = [recording.title, recording.originalName].find((one) => (one ?? '') !== '') ?? '';
  const sizeBytes = (recording.raw?.sizeBytes ?? 0) + (recording.processed?.sizeBytes ?? 0);
  const custody = custodyAtAGlance(recording);
  const Custody = CUSTODY_LOOK[custody].icon;
  const press = (event: MouseEvent): void => {
    if (event.shiftKey) mark(true);
    else if (marking || event.ctrlKey || event.metaKey) mark(false);
    else select();
  };
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      aria-selected={marked}
      aria-current={open ? 'true' : undefined}
      tabIndex={tabbable ? 0 : -1}
      className={`${styles.row ?? ''} ${styles.bodyRow ?? ''}`}
      style={{ transform: `translateY(${String(top)}px)`, height }}
      data-testid="recording-row"
      data-id={recording.id}
      data-device={recording.device}
      onClick={press}
      onMouseDown={(event) => {
        // Shift would mark text.
        if (event.shiftKey) event.preventDefault();
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') {
          event.preventDefault();
          select();
        }
        if (event.key === ' ') {
          event.preventDefault();
          mark(event.shiftKey);
        }
      }}
    >
      <span
        role="gridcell"
        className={styles.check}
        onClick={(event) => {
          event.stopPropagation();
          mark(event.shiftKey);
        }}
      >
        {/* The row itself says whether it is selected, and takes the space bar. */}
        <input type="checkbox" tabIndex={-1} aria-hidden checked={marked} readOnly />
      </span>
      <span role="gridcell" className={styles.time}>
        {format.instant(recording.time, 'dateTime')}
      </span>
      <span role="gridcell" className={styles.device}>
        {name === '' ? null : <strong className={styles.name}>{name}</strong>}
        <span>{deviceName}</span>
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
      <span role="gridcell" className={styles.custody} data-custody={custody}>
        <Custody size={20} aria-hidden />
        <span className={styles.custodyWord}>{t(`custodyState.${custody}.short`)}</span>
      </span>
      <span role="gridcell" className={styles.flags}>
        {/* That it lies in the bin is said once, above all of them. */}
        <RecordingFlags recording={{ ...recording, deletedAt: null }} />
        {recording.tags.map((tag) => (
          <span key={tag} className={styles.tag}>
            {tag}
          </span>
        ))}
      </span>
    </div>
  );
}
