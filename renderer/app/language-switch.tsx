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
      data-testid="language-switch"
      onClick={() => {
        setLanguage(language === 'en' ? 'de' : 'en');
      }}
    >
      <span aria-hidden>{t('header.languageShort')}</span>
      <span className="visually-hidden">{t('header.language')}</span>
    </ActionIcon>
  );
}
