import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './detail.module.css';

/** Raw words from the source, for whoever repairs the station; folded away until asked for. */
export function Detail({ text }: { readonly text: string }): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const id = useId();
  if (text === '') return null;
  return (
    <div className={styles.detail}>
      <UnstyledButton
        className={styles.toggle}
        aria-expanded={open}
        aria-controls={id}
        onClick={() => {
          setOpen(!open);
        }}
      >
        <IconChevronRight size={18} aria-hidden className={styles.chevron} />
        {open ? t('common.hideDetails') : t('common.showDetails')}
      </UnstyledButton>
      <pre id={id} hidden={!open} className={styles.text} lang="en">
        {text}
      </pre>
    </div>
  );
}
