import { ActionIcon, Popover } from '@mantine/core';
import { IconBrightnessAuto, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../stores/ui';
import { ThemeChoice } from './theme-choice';

const SIGN = { light: IconSun, dark: IconMoon, auto: IconBrightnessAuto } as const;

export function ThemeMenu(): ReactNode {
  const { t } = useTranslation();
  const Sign = SIGN[useUi((state) => state.theme)];
  return (
    <Popover position="bottom-end" trapFocus shadow="md" width={320}>
      <Popover.Target>
        <ActionIcon
          variant="subtle"
          color="gray"
          c="var(--text)"
          aria-label={t('header.theme')}
          data-testid="theme-menu"
        >
          <Sign size={24} aria-hidden />
        </ActionIcon>
      </Popover.Target>
      <Popover.Dropdown aria-label={t('header.theme')}>
        <ThemeChoice />
      </Popover.Dropdown>
    </Popover>
  );
}
