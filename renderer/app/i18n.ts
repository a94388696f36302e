import i18next from 'i18next';
import { initReactI18next } from 'react-i18next';
import { useUi } from '../stores/ui';
import de from './messages/de.json';
import en from './messages/en.json';

declare module 'i18next' {
  interface CustomTypeOptions {
    defaultNS: 'translation';
    resources: { translation: typeof en };
  }
}

/** Both languages are bundled: a station has no network to fetch one over. */
export async function startI18n(): Promise<void> {
  const language = useUi.getState().language;
  document.documentElement.lang = language;
  useUi.subscribe((state, before) => {
    if (state.language === before.language) return;
    document.documentElement.lang = state.language;
    void i18next.changeLanguage(state.language);
  });
  await i18next.use(initReactI18next).init({
    lng: language,
    fallbackLng: 'en',
    resources: { en: { translation: en }, de: { translation: de } },
    interpolation: { escapeValue: false }, // React escapes
    returnEmptyString: true,
  });
}
