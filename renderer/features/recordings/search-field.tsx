import { ActionIcon, TextInput } from '@mantine/core';
import { IconSearch, IconX } from '@tabler/icons-react';
import { useRef, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './search-field.module.css';
import { useDebouncedText } from './use-debounced-text';

const REST_MS = 300;

interface Props {
  readonly value: string;
  readonly change: (text: string) => void;
}

/** Full-text search: asked once the hand rests, at once on Enter, emptied by Escape. */
export function SearchField({ value, change }: Props): ReactNode {
  const { t } = useTranslation();
  const field = useRef<HTMLInputElement>(null);
  const { text, type, flush } = useDebouncedText(value, change, REST_MS);
  const clear = (): void => {
    type('');
    flush();
    field.current?.focus();
  };
  return (
    <TextInput
      ref={field}
      type="search"
      className={styles.field}
      aria-label={t('recordings.search')}
      placeholder={t('recordings.searchHint')}
      maxLength={200}
      leftSection={<IconSearch size={20} aria-hidden />}
      rightSection={
        text === '' ? null : (
          <ActionIcon
            variant="subtle"
            color="gray"
            c="var(--text)"
            aria-label={t('common.clear')}
            onClick={clear}
          >
            <IconX size={20} aria-hidden />
          </ActionIcon>
        )
      }
      rightSectionWidth="var(--target)"
      rightSectionPointerEvents="all"
      data-testid="recordings-search"
      value={text}
      onChange={(event) => {
        type(event.currentTarget.value);
      }}
      onBlur={flush}
      onKeyDown={(event) => {
        if (event.key === 'Enter') flush();
        if (event.key === 'Escape' && text !== '') {
          event.stopPropagation();
          clear();
        }
      }}
    />
  );
}
