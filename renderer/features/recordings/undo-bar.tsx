import { ActionIcon, Button } from '@mantine/core';
import { IconArrowBackUp, IconX } from '@tabler/icons-react';
import { useEffect, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { ErrorNote } from '../../components/error-note';
import styles from './undo-bar.module.css';
import type { LibraryActions } from './use-library-actions';

/** What can be taken back is offered for long: gloves are slow. */
const WITH_UNDO_MS = 60_000;
const WITHOUT_MS = 8_000;

/** Says what was just done to recordings, and takes it back on demand. */
export function UndoBar({ actions }: { readonly actions: LibraryActions }): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { done, dismiss, error } = actions;
  useEffect(() => {
    if (done === null) return;
    const timer = setTimeout(dismiss, done.undo === null ? WITHOUT_MS : WITH_UNDO_MS);
    return () => {
      clearTimeout(timer);
    };
    // `dismiss` is made anew on every render; what counts is what was done.
    // eslint-disable-next-line react-hooks/exhaustive-deps
  }, [done]);
  return (
    <div className={styles.frame} role="status" data-testid="undo-bar">
      <ErrorNote error={error} />
      {done === null ? null : (
        <div className={styles.bar}>
          <span className={styles.words}>
            {t(`recordings.done_${done.kind}`, {
              count: done.count,
              formatted: format.count(done.count),
            })}
            {done.stayed > 0
              ? ` ${t('recordings.stayedProtected', { count: done.stayed, formatted: format.count(done.stayed) })}`
              : ''}
          </span>
          {done.undo === null ? null : (
            <Button
              leftSection={<IconArrowBackUp size={20} aria-hidden />}
              loading={actions.busy}
              data-testid="undo"
              onClick={actions.undo}
            >
              {t('recordings.undo')}
            </Button>
          )}
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--text)"
            aria-label={t('common.close')}
            onClick={dismiss}
          >
            <IconX size={22} aria-hidden />
          </ActionIcon>
        </div>
      )}
    </div>
  );
}
