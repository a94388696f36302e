import type { Recording } from '@shared/model/recording';
import { TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { ErrorNote } from '../../components/error-note';
import { changeRows, type RecordingPages } from './recording-rows';
import styles from './recording-texts.module.css';
import { useDebouncedText } from './use-debounced-text';

const REST_MS = 800;
const LONGEST_TITLE = 200;
const LONGEST_TEXT = 10_000;

type Field = 'title' | 'description' | 'notes';

/** What people write about a recording. Saved by itself once the hand rests, and when the field is left. */
export function RecordingTexts({ recording }: { readonly recording: Recording }): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const queryClient = useQueryClient();
  const save = useMutation(
    queries.recordings.describe.mutationOptions({
      // One after the other: an early answer must not undo a later word.
      scope: { id: `describe-${String(recording.id)}` },
      onSuccess: (saved) => {
        queryClient.setQueryData(
          queries.recordings.get.queryKey({ input: { id: saved.id } }),
          saved,
        );
        queryClient.setQueriesData<RecordingPages>(
          { queryKey: queries.recordings.list.key({ type: 'infinite' }) },
          (pages) =>
            pages === undefined ? pages : changeRows(pages, new Set([saved.id]), () => saved),
        );
      },
    }),
  );
  const put = (field: Field, text: string): void => {
    save.mutate({ id: recording.id, [field]: text.trim() === '' ? null : text.trim() });
  };
  return (
    <section className={styles.texts} data-testid="recording-texts">
      <Text field="title" value={recording.title} put={put} />
      <Text field="description" value={recording.description} put={put} />
      <Text field="notes" value={recording.notes} put={put} />
      <p className={styles.state} role="status" data-testid="texts-state" data-state={save.status}>
        {save.isPending ? t('recordings.saving') : save.isSuccess ? t('recordings.saved') : ''}
      </p>
      <ErrorNote error={save.error} />
    </section>
  );
}

function Text({
  field,
  value,
  put,
}: {
  readonly field: Field;
  readonly value: string | null;
  readonly put: (field: Field, text: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  // Once somebody has written here their words stay, whatever the station says meanwhile.
  const [written, setWritten] = useState<string | null>(null);
  const { text, type, flush } = useDebouncedText(
    written ?? value ?? '',
    (typed) => {
      put(field, typed);
    },
    REST_MS,
  );
  const change = (typed: string): void => {
    setWritten(typed);
    type(typed);
  };
  if (field === 'title')
    return (
      <TextInput
        label={t('recordings.textTitle')}
        maxLength={LONGEST_TITLE}
        value={text}
        onChange={(event) => {
          change(event.currentTarget.value);
        }}
        onBlur={flush}
        data-testid="text-title"
      />
    );
  return (
    <label className={styles.long}>
      <span>{t(field === 'notes' ? 'recordings.textNotes' : 'recordings.textDescription')}</span>
      <textarea
        className={styles.area}
        rows={field === 'notes' ? 4 : 2}
        maxLength={LONGEST_TEXT}
        value={text}
        onChange={(event) => {
          change(event.currentTarget.value);
        }}
        onBlur={flush}
        data-testid={`text-${field}`}
      />
    </label>
  );
}
