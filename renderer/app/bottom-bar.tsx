import { Drawer, UnstyledButton } from '@mantine/core';
import { IconDots } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useLocation } from 'wouter';
import styles from './bottom-bar.module.css';
import { NavigationLink, isCurrent } from './navigation-link';
import { ROUTES } from './routes';
import { SystemFigures } from './system-figures';
import { ThemeChoice } from './theme-choice';

const FIRST = ROUTES.slice(0, 4);
const REST = ROUTES.slice(4);

/** The touchscreen's navigation: four pages, and everything else under "More". */
export function BottomBar(): ReactNode {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  const [location] = useLocation();
  const inRest = REST.some(({ path }) => isCurrent(path, location));
  const close = (): void => {
    setOpen(false);
  };
  return (
    <nav className={styles.bar} aria-label={t('nav.label')}>
      {FIRST.map(({ id, path, icon }) => (
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
      <Drawer
        opened={open}
        onClose={close}
        position="right"
        size="26rem"
        title={t('nav.more')}
        closeButtonProps={{ 'aria-label': t('common.close') }}
      >
        <div className={styles.more}>
          {REST.map(({ id, path, icon }) => (
            <NavigationLink
              key={id}
              id={id}
              path={path}
              icon={icon}
              className={styles.moreLink}
              onFollow={close}
            />
          ))}
          <ThemeChoice />
          <SystemFigures />
        </div>
      </Drawer>
    </nav>
  );
}
