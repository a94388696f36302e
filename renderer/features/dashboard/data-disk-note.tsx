import type { StationSnapshot } from '@shared/model/station';
import { IconDatabaseX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Detail } from '../../components/detail';
import styles from './condition-note.module.css';

/** Why nothing can be written, and what to do. Nothing while the disk is well. */
export function DataDiskNote({ disk }: { readonly disk: StationSnapshot['dataDisk'] }): ReactNode {
  const { t } = useTranslation();
  if (disk.state === 'ok') return null;
  return (
    <div
      className={styles.note}
      data-tone="danger"
      role="alert"
      data-testid="data-disk-note"
      data-state={disk.state}
    >
      <IconDatabaseX size={26} aria-hidden className={styles.icon} />
      <div>
        <p className={styles.text}>
          <strong>{t(`dataDisk.${disk.state}.text`)}.</strong> {t(`dataDisk.${disk.state}.advice`)}
        </p>
        <Detail text={disk.detail} />
      </div>
    </div>
  );
}
