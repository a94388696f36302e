import { useQuery } from '@tanstack/react-query';
import { useEffect } from 'react';
import { useUi } from '../stores/ui';
import { useStation } from './station-context';

/** Language and theme as the station has them stored win over what this page remembers. */
export function useAdoptSettings(): void {
  const { queries } = useStation();
  const { data } = useQuery(queries.settings.get.queryOptions());
  const language = data?.system.language;
  const theme = data?.display.theme;
  useEffect(() => {
    if (language !== undefined) useUi.getState().setLanguage(language);
  }, [language]);
  useEffect(() => {
    if (theme !== undefined) useUi.getState().setTheme(theme);
  }, [theme]);
}
