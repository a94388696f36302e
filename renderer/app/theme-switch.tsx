import { ActionIcon } from '@mantine/core';
import { IconBrightnessAuto, IconMoon, IconSun } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../stores/ui';
import { useSaveLook } from './save-look';

const SIGN = { light: IconSun, dark: IconMoon, auto: IconBrightnessAuto } as const;
const NEXT = { light: 'dark', dark: 'auto', auto: 'light' } as const;

/** Light, dark, automatic, in turn. */
export function ThemeSwitch(): ReactNode {
  const { t } = useTranslation();
  const theme = useUi((state) => state.theme);
  const { setTheme } = useSaveLook();
  const Sign = SIGN[theme];
  const names = {
    light: t('header.themeLight'),
    dark: t('header.themeDark'),
    auto: t('header.themeAuto'),
  };
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="var(--text)"
      aria-label={t('header.themeSwitch', { now: names[theme], next: names[NEXT[theme]] })}
      data-testid="theme-switch"
      data-theme={theme}
      onClick={() => {
        setTheme(NEXT[theme]);
      }}
    >
      <Sign size={24} aria-hidden />
    </ActionIcon>
  );
}
