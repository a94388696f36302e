import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './footer.module.css';
import { SystemFigures } from './system-figures';

export function Footer(): ReactNode {
  const { t } = useTranslation();
  return (
    <footer className={styles.footer} aria-label={t('footer.label')} data-testid="footer">
      <SystemFigures />
    </footer>
  );
}
