import type { Transfer } from '@shared/model/upload';
import { createContext, use, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { TransferProgress } from '../../components/transfer-progress';
import { useTransfers } from '../../components/use-transfers';
import styles from './cloud-page.module.css';

const TransfersContext = createContext<readonly Transfer[] | null>(null);

/** Hears what moves, once for all cards. Ten times a second only what shows it is drawn anew. */
export function LiveTransfers({ children }: { readonly children: ReactNode }): ReactNode {
  return <TransfersContext value={useTransfers()}>{children}</TransfersContext>;
}

/** What moves to or from one remote just now. */
export function RemoteTransfers({ slug }: { readonly slug: string }): ReactNode {
  const { t } = useTranslation();
  const transfers = (use(TransfersContext) ?? []).filter(({ remote }) => remote === slug);
  if (transfers.length === 0) return null;
  return (
    <ul className={styles.transfers} aria-label={t('cloud.transfers')}>
      {transfers.map((transfer) => (
        <li key={`${transfer.direction} ${String(transfer.recordingId)}`}>
          <TransferProgress transfer={transfer} />
        </li>
      ))}
    </ul>
  );
}
