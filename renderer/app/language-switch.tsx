import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useUi } from '../stores/ui';
import { useSaveLook } from './save-look';

export function LanguageSwitch(): ReactNode {
  const { t } = useTranslation();
  const language = useUi((state) => state.language);
  const { setLanguage } = useSaveLook();
  return (
    <ActionIcon
      variant="subtle"
      color="gray"
      c="var(--text)"
      fw={700}
      aria-label={t('header.language')}
      data-testid="language-switch"
      onClick={() => {
        setLanguage(language === 'en' ? 'de' : 'en');
      }}
    >
      {t('header.languageShort')}
    </ActionIcon>
  );
}
