import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslation } from 'react-i18next';
import { useUi, type Language, type ThemeChoice } from '../stores/ui';
import { describeError } from './error-text';
import { tellFailure } from './notices';
import { useStation } from './station-context';

/** Changes language or theme here at once, and for good on the station; a refusal is told and taken back. */
export function useSaveLook(): {
  readonly setLanguage: (language: Language) => void;
  readonly setTheme: (theme: ThemeChoice) => void;
} {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const { mutate } = useMutation(
    queries.settings.set.mutationOptions({
      onSuccess: (settings) => {
        queryClient.setQueryData(queries.settings.get.queryKey(), settings);
      },
      onError: (error) => {
        const { key } = describeError(error);
        void tellFailure(
          t('header.saveFailed'),
          `${t(`error.${key}.text`)}. ${t(`error.${key}.advice`)}`,
        );
      },
    }),
  );
  return {
    setLanguage: (language) => {
      const before = useUi.getState().language;
      useUi.getState().setLanguage(language);
      mutate(
        { key: 'system.language', value: language },
        {
          onError: () => {
            useUi.getState().setLanguage(before);
          },
        },
      );
    },
    setTheme: (theme) => {
      const before = useUi.getState().theme;
      useUi.getState().setTheme(theme);
      mutate(
        { key: 'display.theme', value: theme },
        {
          onError: () => {
            useUi.getState().setTheme(before);
          },
        },
      );
    },
  };
}
