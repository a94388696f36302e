import type { Transfer } from '@shared/model/upload';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../app/format/use-format';
import styles from './transfer-progress.module.css';

/** One recording on its way: what is done with it, how far, how fast. */
export function TransferProgress({ transfer }: { readonly transfer: Transfer }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { recordingId, stage, bytes, totalBytes, bytesPerS } = transfer;
  const words = t(`transferStage.${stage}`);
  const name = t('cloud.transferOf', { id: recordingId });
  const measured = totalBytes > 0 && (stage === 'sending' || transfer.direction === 'down');
  return (
    <div className={styles.transfer} data-testid="transfer" data-stage={stage}>
      <div className={styles.words}>
        <span>
          {name} · {words}
        </span>
        <span className={styles.figures}>
          {measured
            ? [
                t('progress.bytes', { done: format.bytes(bytes), total: format.bytes(totalBytes) }),
                ...(bytesPerS > 0 ? [t('progress.rate', { rate: format.bytes(bytesPerS) })] : []),
              ].join(' · ')
            : ''}
        </span>
      </div>
      <progress
        className={styles.bar}
        aria-label={`${name} ${words}`}
        {...(measured ? { value: Math.min(bytes, totalBytes), max: totalBytes } : {})}
      />
    </div>
  );
}
