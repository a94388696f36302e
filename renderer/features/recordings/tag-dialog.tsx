import { Button } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Dialog } from '../../components/dialog';
import { ErrorNote } from '../../components/error-note';
import styles from './dialog.module.css';
import { TagEditor } from './tag-editor';
import type { TagChange } from './use-library-actions';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
  readonly count: string;
  /** Tags of the marked recordings that are loaded: those that can be taken away. */
  readonly present: readonly string[];
  readonly apply: (change: TagChange) => Promise<unknown>;
}

/** Gives tags to many recordings, and takes them away. */
export function TagDialog({ opened, close, ...rest }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Dialog opened={opened} close={close} title={t('recordings.tagTitle', { count: rest.count })}>
      <Form close={close} {...rest} />
    </Dialog>
  );
}

function Form({ close, present, apply }: Omit<Props, 'opened' | 'count'>): ReactNode {
  const { t } = useTranslation();
  const [added, setAdded] = useState<readonly string[]>([]);
  const [removed, setRemoved] = useState<readonly string[]>([]);
  const save = useMutation({ mutationFn: apply, onSuccess: close });
  const left = present.filter((tag) => !removed.includes(tag));
  return (
    <div className={styles.body} data-testid="tag-dialog">
      <TagEditor
        label={t('recordings.tagsToAdd')}
        tags={added}
        add={(tag) => {
          setAdded([...added, tag]);
        }}
        remove={(tag) => {
          setAdded(added.filter((one) => one !== tag));
        }}
        data-testid="tags-to-add"
      />
      {present.length === 0 ? null : (
        <fieldset className={styles.group}>
          <legend>{t('recordings.tagsToRemove')}</legend>
          {present.map((tag) => (
            <label key={tag} className={styles.check}>
              <input
                type="checkbox"
                checked={!left.includes(tag)}
                onChange={(event) => {
                  setRemoved(
                    event.currentTarget.checked
                      ? [...removed, tag]
                      : removed.filter((one) => one !== tag),
                  );
                }}
              />
              {tag}
            </label>
          ))}
        </fieldset>
      )}
      <ErrorNote error={save.error} />
      <div className={styles.buttons}>
        <Button variant="default" onClick={close}>
          {t('common.cancel')}
        </Button>
        <Button
          disabled={added.length === 0 && removed.length === 0}
          loading={save.isPending}
          data-testid="tag-save"
          onClick={() => {
            save.mutate({ add: added, remove: removed });
          }}
        >
          {t('recordings.tagSave')}
        </Button>
      </div>
    </div>
  );
}
