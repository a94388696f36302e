import type { Detection } from '@shared/model/analysis';
import { UnstyledButton } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import styles from './recording-panel.module.css';

/** What workers heard; a press goes there in the sound. */
export function RecordingDetections({
  detections,
  jump,
}: {
  readonly detections: readonly Detection[];
  readonly jump: (atS: number) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (detections.length === 0) return null;
  return (
    <section className={styles.section}>
      <h3 className={styles.fileTitle}>{t('recordings.detections')}</h3>
      <ul className={styles.detections}>
        {detections.map((detection) => (
          <li key={detection.id}>
            <UnstyledButton
              className={styles.detection}
              data-testid="detection"
              onClick={() => {
                jump(detection.startS);
              }}
            >
              <strong>{detection.label}</strong>
              <span>
                {format.decimal(detection.startS, 1)} – {format.decimal(detection.endS, 1)} s
              </span>
              <span>{format.percent(detection.confidence * 100)}</span>
              <span className={styles.quiet}>
                {detection.worker} {detection.workerVersion}
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </section>
  );
}
