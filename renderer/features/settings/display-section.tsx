import type { Settings } from '@shared/model/settings';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { ChoiceSetting } from './choice-setting';
import styles from './settings-page.module.css';

export function DisplaySection({ settings }: { readonly settings: Settings }): ReactNode {
  const { t } = useTranslation();
  return (
    <div className={styles.fields}>
      <ChoiceSetting
        setting="display.theme"
        label={t('settings.theme')}
        help={t('settings.themeHelp')}
        value={settings.display.theme}
        options={[
          { value: 'auto', label: t('header.themeAuto') },
          { value: 'light', label: t('header.themeLight') },
          { value: 'dark', label: t('header.themeDark') },
        ]}
      />
      <div>
        <strong>{t('settings.kiosk')}</strong>
        <p className={styles.quiet}>
          {settings.display.kiosk ? t('settings.kioskOn') : t('settings.kioskOff')}{' '}
          {t('settings.kioskHelp')}
        </p>
      </div>
    </div>
  );
}
