import { Drawer } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import styles from './bottom-bar.module.css';
import { NavigationLink } from './navigation-link';
import { OTHER_ROUTES } from './routes';
import { SystemFigures } from './system-figures';
import { ThemeChoice } from './theme-choice';

interface Props {
  readonly opened: boolean;
  readonly close: () => void;
}

/** What the bottom bar has no room for. */
export function MoreDrawer({ opened, close }: Props): ReactNode {
  const { t } = useTranslation();
  return (
    <Drawer
      opened={opened}
      onClose={close}
      position="right"
      size="26rem"
      title={t('nav.more')}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <div className={styles.more}>
        {OTHER_ROUTES.map(({ id, path, icon }) => (
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
  );
}
