import { TextInput } from '@mantine/core';
import { useState, type ReactNode } from 'react';
import styles from './settings-page.module.css';
import { SavedMark } from './saved-mark';
import { useSettingField, type SettingValue } from './use-setting-field';

interface Props {
  /** `section.key` */
  readonly setting: string;
  readonly label: string;
  readonly help: string;
  /** The stored value as text. */
  readonly value: string;
  /** The value of a text, or the words for why it is none. */
  readonly read: (text: string) => { readonly value: SettingValue } | { readonly problem: string };
  readonly inputMode?: 'text' | 'decimal' | 'numeric' | 'url';
}

/** A setting that is typed: saved on Enter and on leaving the field, taken back by Escape. */
export function TextSetting({
  setting,
  label,
  help,
  value,
  read,
  inputMode = 'text',
}: Props): ReactNode {
  const field = useSettingField(setting);
  const [draft, setDraft] = useState<string | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  const reset = (): void => {
    setDraft(null);
    setProblem(null);
    field.clear();
  };
  const commit = (): void => {
    if (field.state === 'saving') return; // leaving the field after Enter
    if (draft === null) return;
    if (draft === value) {
      reset();
      return;
    }
    const result = read(draft);
    if ('problem' in result) {
      setProblem(result.problem);
      return;
    }
    setProblem(null);
    // A draft that was saved is the value now; one that was refused stays for correction.
    field.save(result.value, () => {
      setDraft(null);
    });
  };
  return (
    <div className={styles.field} data-testid={`setting-${setting}`}>
      <TextInput
        label={label}
        description={help}
        value={draft ?? value}
        inputMode={inputMode}
        error={problem ?? field.error}
        onChange={(event) => {
          field.clear();
          setProblem(null);
          setDraft(event.currentTarget.value);
        }}
        onBlur={commit}
        onKeyDown={(event) => {
          if (event.key === 'Enter') commit();
          if (event.key === 'Escape') reset();
        }}
      />
      <SavedMark state={field.state} />
    </div>
  );
}
