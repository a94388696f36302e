import type { CaptureError } from '@shared/model/recorder';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Detail } from '../../components/detail';
import { useStationNow } from '../../stores/station-view';
import styles from './last-error.module.css';

interface Props {
  readonly error: CaptureError;
  readonly retryAt: string | null;
  /** Quick failures in a row: the tries have become few. */
  readonly failing: boolean;
}

/** The last failure of a recorder: what, when, what to do, when it is tried again, and the raw words on tap. */
export function LastError({ error, retryAt, failing }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  return (
    <div className={styles.error} data-testid="last-error" data-code={error.code}>
      <p className={styles.label}>
        {t('recorders.lastErrorAt', { age: format.ago(error.at, now) })}
      </p>
      <p className={styles.text}>{t(`captureError.${error.code}.text`)}</p>
      <p className={styles.advice}>{t(`captureError.${error.code}.advice`)}</p>
      {failing ? <p className={styles.advice}>{t('recorders.failing')}.</p> : null}
      {retryAt === null ? null : (
        <p className={styles.advice} data-testid="retry-countdown">
          {t('recorders.retryIn', { when: format.until(retryAt, now) })}
        </p>
      )}
      <Detail text={error.detail} />
    </div>
  );
}
