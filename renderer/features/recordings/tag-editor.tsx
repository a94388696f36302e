import { ActionIcon, Autocomplete, UnstyledButton } from '@mantine/core';
import { IconPlus, IconX } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import styles from './tag-editor.module.css';

const LONGEST = 64;
const MOST = 20;

interface Props {
  readonly label: string;
  readonly tags: readonly string[];
  readonly add: (tag: string) => void;
  readonly remove: (tag: string) => void;
  readonly disabled?: boolean;
  readonly 'data-testid'?: string;
}

/** Tags as chips, with a field that knows the ones in use. */
export function TagEditor({ label, tags, add, remove, disabled, ...rest }: Props): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const known = useQuery(queries.recordings.tags.queryOptions());
  const [text, setText] = useState('');
  const full = tags.length >= MOST;
  const take = (typed: string): void => {
    const tag = typed.trim().slice(0, LONGEST);
    setText('');
    if (tag !== '' && !tags.includes(tag)) add(tag);
  };
  return (
    <div className={styles.editor} {...rest}>
      {tags.length === 0 ? null : (
        <ul className={styles.tags} aria-label={label}>
          {tags.map((tag) => (
            <li key={tag}>
              <UnstyledButton
                className={styles.tag}
                disabled={disabled}
                aria-label={t('recordings.removeTag', { tag })}
                data-testid="tag-chip"
                onClick={() => {
                  remove(tag);
                }}
              >
                <span className={styles.words}>{tag}</span>
                <IconX size={18} aria-hidden />
              </UnstyledButton>
            </li>
          ))}
        </ul>
      )}
      <Autocomplete
        label={label}
        placeholder={t('recordings.addTagHint')}
        className={styles.field}
        maxLength={LONGEST}
        disabled={disabled === true || full}
        data={(known.data ?? []).map(({ name }) => name).filter((name) => !tags.includes(name))}
        limit={8}
        value={text}
        onChange={setText}
        onOptionSubmit={(tag) => {
          take(tag);
          // The field puts the chosen word in after this; it belongs among the chips.
          setTimeout(() => {
            setText('');
          });
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter' && event.key !== ',') return;
          // A suggestion that is chosen by the arrow keys is taken by the list itself.
          if (event.currentTarget.getAttribute('aria-activedescendant')) return;
          event.preventDefault();
          take(text);
        }}
        rightSection={
          <ActionIcon
            variant="subtle"
            aria-label={t('recordings.addTag')}
            disabled={text.trim() === ''}
            onClick={() => {
              take(text);
            }}
          >
            <IconPlus size={20} aria-hidden />
          </ActionIcon>
        }
        rightSectionWidth="var(--target)"
        rightSectionPointerEvents="all"
        data-testid="tag-input"
      />
    </div>
  );
}
