import { IconCheck } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './settings-page.module.css';

/** "Saving …", then a tick. Its place is always there: nothing moves when it appears. */
export function SavedMark({ state }: { readonly state: 'idle' | 'saving' | 'saved' }): ReactNode {
  const { t } = useTranslation();
  return (
    <span className={styles.mark} role="status" data-testid="saved-mark" data-state={state}>
      {state === 'saving' ? t('settings.saving') : null}
      {state === 'saved' ? (
        <>
          <IconCheck size={18} aria-hidden /> {t('settings.saved')}
        </>
      ) : null}
    </span>
  );
}
