import type { Settings } from '@shared/model/settings';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useEffect, useState } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError, fieldProblems } from '../../app/error-text';
import { useStation } from '../../app/station-context';
import { fieldMessage } from '../../components/field-message';

export type SettingValue = string | number | boolean | null;

interface SettingField {
  readonly state: 'idle' | 'saving' | 'saved';
  /** Why the last attempt was refused, in the reader's language. */
  readonly error: string | null;
  save(value: SettingValue, saved?: () => void): void;
  /** Forgets an error, when the reader begins anew. */
  readonly clear: () => void;
}

const TICK_SHOWN_MS = 4000;

/** Saves one setting (`section.key`); the station's answer becomes what every page sees. */
export function useSettingField(key: string): SettingField {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const [ticked, setTicked] = useState(false);
  const set = useMutation(
    queries.settings.set.mutationOptions({
      onSuccess: (settings: Settings) => {
        queryClient.setQueryData(queries.settings.get.queryKey(), settings);
        void queryClient.invalidateQueries({ queryKey: queries.updates.key() });
        setTicked(true);
      },
    }),
  );
  useEffect(() => {
    if (!ticked) return;
    const timer = setTimeout(() => {
      setTicked(false);
    }, TICK_SHOWN_MS);
    return () => {
      clearTimeout(timer);
    };
  }, [ticked]);

  const message = (error: unknown): string => {
    const [problem] = fieldProblems(error);
    if (problem !== undefined) return fieldMessage(problem, t);
    const { key: errorKey } = describeError(error);
    return `${t(`error.${errorKey}.text`)}. ${t(`error.${errorKey}.advice`)}`;
  };
  return {
    state: set.isPending ? 'saving' : ticked ? 'saved' : 'idle',
    error: set.error === null ? null : message(set.error),
    save: (value, saved) => {
      setTicked(false);
      set.mutate(
        { key, value },
        {
          onSuccess: () => {
            saved?.();
          },
        },
      );
    },
    clear: () => {
      setTicked(false);
      set.reset();
    },
  };
}
