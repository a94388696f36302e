import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import styles from './work-progress.module.css';

interface Props {
  readonly label: string;
  readonly doneBytes: number;
  readonly totalBytes: number;
  readonly bytesPerS: number | null;
  readonly secondsLeft: number | null;
  /** Nobody knows yet how much there is. */
  readonly counting: boolean;
  /** What is being worked at. */
  readonly current: string | null;
}

/** How far long work is, how fast it goes and how long it will take. */
export function WorkProgress({
  label,
  doneBytes,
  totalBytes,
  bytesPerS,
  secondsLeft,
  counting,
  current,
}: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  return (
    <div className={styles.progress} data-testid="work-progress">
      <progress
        className={styles.bar}
        aria-label={label}
        {...(counting ? {} : { value: doneBytes, max: Math.max(1, totalBytes) })}
      />
      <p className={styles.figures}>
        <span>
          {t('progress.bytes', { done: format.bytes(doneBytes), total: format.bytes(totalBytes) })}
        </span>
        <span>
          {bytesPerS === null ? '' : t('progress.rate', { rate: format.bytes(bytesPerS) })}
        </span>
        <strong>
          {secondsLeft === null ? '' : t('progress.left', { time: format.age(secondsLeft) })}
        </strong>
      </p>
      <p className={styles.current}>{current ?? ' '}</p>
    </div>
  );
}
