import { SegmentedControl } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../stores/ui';
import { useSaveLook } from './save-look';

/** Light, dark or automatic. */
export function ThemeChoice(): ReactNode {
  const { t } = useTranslation();
  const theme = useUi((state) => state.theme);
  const { setTheme } = useSaveLook();
  return (
    <SegmentedControl
      fullWidth
      aria-label={t('header.theme')}
      data-testid="theme-choice"
      value={theme}
      onChange={setTheme}
      data={[
        { value: 'light' as const, label: t('header.themeLight') },
        { value: 'dark' as const, label: t('header.themeDark') },
        { value: 'auto' as const, label: t('header.themeAuto') },
      ]}
    />
  );
}
