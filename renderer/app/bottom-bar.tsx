import { UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import styles from './bottom-bar.module.css';
import { NavigationLink, isCurrent } from './navigation-link';
import { lazyDialog } from './lazy-dialog';
import { FIRST_ROUTES, OTHER_ROUTES } from './routes';

const MoreDrawer = lazyDialog(async () => (await import('./more-drawer')).MoreDrawer);

/** The touchscreen's navigation: four pages, and everything else under "More". */
export function BottomBar(): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [location] = useLocation();
  const inRest = OTHER_ROUTES.some(({ path }) => isCurrent(path, location));
  const close = (): void => {
    setOpen(false);
  };
  return (
    <nav className={styles.bar} aria-label={t('nav.label')}>
      {FIRST_ROUTES.map(({ id, path, icon }) => (
        <NavigationLink key={id} id={id} path={path} icon={icon} className={styles.link} />
      ))}
      <UnstyledButton
        className={styles.link}
        data-testid="nav-more"
        data-current={inRest ? '' : undefined}
        aria-haspopup="dialog"
        onClick={() => {
          setOpen(true);
        }}
      >
        <IconDots size={24} aria-hidden />
        <span>{t('nav.more')}</span>
      </UnstyledButton>
      <MoreDrawer opened={open} close={close} />
    </nav>
  );
}
