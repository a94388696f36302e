import { ActionIcon, Button } from '@mantine/core';
import {
  IconArrowBackUp,
  IconFileExport,
  IconLock,
  IconLockOpen,
  IconTag,
  IconTrash,
  IconTrashX,
  IconX,
} from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { countMarked, MOST_IDS, type Marked } from './marked-rows';
import styles from './selection-bar.module.css';
import type { LibraryActions } from './use-library-actions';

interface Props {
  readonly marked: Marked;
  readonly mark: (marked: Marked) => void;
  readonly total: number | null;
  /** The bin is looked at. */
  readonly bin: boolean;
  readonly actions: LibraryActions;
  readonly openTags: () => void;
  readonly openExport: () => void;
  readonly openPurge: () => void;
  readonly leave: () => void;
}

/** What can be done with what is marked. */
export function SelectionBar({
  marked,
  mark,
  total,
  bin,
  actions,
  openTags,
  openExport,
  openPurge,
  leave,
}: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const count = countMarked(marked, total);
  const tooMany = marked.kind === 'some' && marked.ids.size > MOST_IDS;
  const off = count === 0 || tooMany || actions.busy;
  return (
    <div
      className={styles.bar}
      role="toolbar"
      aria-label={t('recordings.markedActions')}
      data-testid="selection-bar"
    >
      <strong className={styles.count} role="status" data-testid="marked-count">
        {count === null
          ? t('recordings.allMarked')
          : t('recordings.marked', { count, formatted: format.count(count) })}
      </strong>
      {marked.kind === 'all' || total === null || total === count ? null : (
        <Button
          variant="subtle"
          data-testid="mark-all"
          onClick={() => {
            mark({ kind: 'all' });
          }}
        >
          {t('recordings.markAll', { count: total, formatted: format.count(total) })}
        </Button>
      )}
      <span className={styles.gap} />
      {bin ? (
        <>
          <Button
            variant="default"
            disabled={off}
            leftSection={<IconArrowBackUp size={20} aria-hidden />}
            className={styles.act}
            data-testid="restore"
            onClick={() => {
              actions.restore(marked);
            }}
          >
            {t('recordings.restore')}
          </Button>
          <Button
            variant="default"
            c="var(--danger)"
            disabled={off}
            leftSection={<IconTrashX size={20} aria-hidden />}
            className={styles.act}
            data-testid="purge"
            onClick={openPurge}
          >
            {t('recordings.purge')}
          </Button>
        </>
      ) : (
        <>
          <Button
            variant="default"
            disabled={off}
            leftSection={<IconTag size={20} aria-hidden />}
            className={styles.act}
            data-testid="tag"
            onClick={openTags}
          >
            {t('recordings.tag')}
          </Button>
          <Button
            variant="default"
            disabled={off}
            leftSection={<IconLock size={20} aria-hidden />}
            className={styles.act}
            data-testid="protect"
            onClick={() => {
              actions.protect(marked, true);
            }}
          >
            {t('recordings.protect')}
          </Button>
          <ActionIcon
            variant="default"
            disabled={off}
            aria-label={t('recordings.unprotect')}
            title={t('recordings.unprotect')}
            className={styles.act}
            data-testid="unprotect"
            onClick={() => {
              actions.protect(marked, false);
            }}
          >
            <IconLockOpen size={20} aria-hidden />
          </ActionIcon>
          <Button
            variant="default"
            disabled={off}
            leftSection={<IconFileExport size={20} aria-hidden />}
            className={styles.act}
            data-testid="export"
            onClick={openExport}
          >
            {t('recordings.export')}
          </Button>
          <Button
            variant="default"
            disabled={off}
            leftSection={<IconTrash size={20} aria-hidden />}
            className={styles.act}
            data-testid="discard"
            onClick={() => {
              actions.discard(marked);
            }}
          >
            {t('recordings.discard')}
          </Button>
        </>
      )}
      <ActionIcon
        variant="subtle"
        color="gray"
        c="var(--text)"
        aria-label={t('recordings.markNone')}
        title={t('recordings.markNone')}
        className={styles.leave}
        data-testid="mark-none"
        onClick={leave}
      >
        <IconX size={22} aria-hidden />
      </ActionIcon>
      {tooMany ? (
        <p className={styles.problem} role="alert">
          {t('recordings.tooManyMarked', { most: format.count(MOST_IDS) })}
        </p>
      ) : null}
    </div>
  );
}
