import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { NavigationLink } from './navigation-link';
import { ROUTES } from './routes';
import styles from './side-navigation.module.css';

export function SideNavigation(): ReactNode {
  const { t } = useTranslation();
  return (
    <nav className={styles.nav} aria-label={t('nav.label')}>
      {ROUTES.map(({ id, path, icon }) => (
        <NavigationLink key={id} id={id} path={path} icon={icon} className={styles.link} />
      ))}
    </nav>
  );
}
