import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFreshness, useSnapshot } from '../stores/station-view';
import styles from './rec-indicator.module.css';
import { isSetAside, microphoneVerdict } from './recording-verdict';

/** How many microphones record. It pulses only while audio grows. */
export function RecIndicator(): ReactNode {
  const { t } = useTranslation();
  const snapshot = useSnapshot();
  const { stale } = useFreshness();
  if (snapshot === null || stale) {
    return (
      <span className={styles.rec} data-testid="rec-indicator" data-recording="unknown">
        <span className={styles.dot} aria-hidden />
        <span aria-hidden>{t('header.recUnknown')}</span>
        <span className="visually-hidden">{t('header.recUnknownLabel')}</span>
      </span>
    );
  }
  const recording = snapshot.recorders.filter(
    (recorder) => microphoneVerdict(recorder, snapshot.at, false) === 'recording',
  ).length;
  const total = Math.max(
    recording,
    snapshot.recorders.filter((recorder) => !isSetAside(recorder)).length,
  );
  return (
    <span className={styles.rec} data-testid="rec-indicator" data-recording={String(recording)}>
      <span className={styles.dot} data-growing={recording > 0 ? '' : undefined} aria-hidden />
      <span aria-hidden>{t('header.rec', { count: recording })}</span>
      <span className="visually-hidden">{t('header.recLabel', { recording, total })}</span>
    </span>
  );
}
