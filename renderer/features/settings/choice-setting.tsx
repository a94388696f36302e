import { Select } from '@mantine/core';
import type { ReactNode } from 'react';
import { SavedMark } from './saved-mark';
import styles from './settings-page.module.css';
import { useSettingField } from './use-setting-field';

interface Props {
  readonly setting: string;
  readonly label: string;
  readonly help?: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
  /** For long lists: typing narrows them. */
  readonly searchable?: boolean;
  readonly nothingFound?: string;
}

/** A setting out of a list: saved when it is chosen. */
export function ChoiceSetting({
  setting,
  label,
  help,
  value,
  options,
  searchable,
  nothingFound,
}: Props): ReactNode {
  const field = useSettingField(setting);
  return (
    <div className={styles.field} data-testid={`setting-${setting}`}>
      <Select
        label={label}
        description={help}
        data={[...options]}
        value={value}
        error={field.error}
        disabled={field.state === 'saving'}
        searchable={searchable === true}
        nothingFoundMessage={nothingFound}
        limit={searchable === true ? 100 : Number.POSITIVE_INFINITY}
        onChange={(chosen) => {
          if (chosen !== null && chosen !== value) field.save(chosen);
        }}
      />
      <SavedMark state={field.state} />
    </div>
  );
}
