import { Switch } from '@mantine/core';
import type { ReactNode } from 'react';
import { SavedMark } from './saved-mark';
import styles from './settings-page.module.css';
import { useSettingField } from './use-setting-field';

interface Props {
  readonly setting: string;
  readonly label: string;
  readonly help: string;
  readonly value: boolean;
}

export function SwitchSetting({ setting, label, help, value }: Props): ReactNode {
  const field = useSettingField(setting);
  return (
    <div className={styles.field} data-testid={`setting-${setting}`}>
      <Switch
        size="lg"
        label={label}
        description={help}
        checked={value}
        error={field.error}
        disabled={field.state === 'saving'}
        onChange={(event) => {
          field.save(event.currentTarget.checked);
        }}
      />
      <SavedMark state={field.state} />
    </div>
  );
}
