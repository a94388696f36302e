import { IconAlertTriangle } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../app/error-text';
import { Detail } from './detail';
import styles from './error-note.module.css';

/** Why the last thing a person asked for did not happen, beside where they asked. Nothing for a null error. */
export function ErrorNote({ error }: { readonly error: unknown }): ReactNode {
  const { t } = useTranslation();
  if (error === null || error === undefined) return null;
  const { key, detail } = describeError(error);
  return (
    <div className={styles.note} role="alert" data-testid="error-note">
      <IconAlertTriangle size={22} aria-hidden className={styles.icon} />
      <div>
        <strong>{t(`error.${key}.text`)}.</strong> {t(`error.${key}.advice`)}
        <Detail text={detail} />
      </div>
    </div>
  );
}
