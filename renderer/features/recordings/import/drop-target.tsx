import { IconFileImport } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './drop-target.module.css';

/** Says that files can be let go here. */
export function DropTarget({ over }: { readonly over: boolean }): ReactNode {
  const { t } = useTranslation();
  if (!over) return null;
  return (
    <div className={styles.target} role="status" data-testid="drop-target">
      <IconFileImport size={48} stroke={1.5} aria-hidden />
      <p>{t('import.dropHere')}</p>
    </div>
  );
}
