import type { RemoteOption } from '@shared/model/remote-options';
import { ActionIcon, Select, Textarea, TextInput } from '@mantine/core';
import { IconEye, IconEyeOff } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { exampleOf, type FieldName } from './remote-fields';
import { WRAPPER_ORDER } from './wrapper-order';

interface Props {
  readonly field: RemoteOption;
  readonly value: string;
  /** The vault has one already: empty keeps it. */
  readonly kept: boolean;
  readonly error: string | undefined;
  readonly change: (value: string) => void;
}

const SPOKEN = ['auto', 'yes', 'no'] as const;

/** One thing to enter about a remote. What is secret is hidden until a person wants to see what they typed. */
export function RemoteFieldInput({ field, value, kept, error, change }: Props): ReactNode {
  const { t } = useTranslation();
  const [seen, setSeen] = useState(false);
  const { kind, required, choices } = field;
  const name = field.name as FieldName; // a test holds the words and the options together
  const label = t(`remoteField.${name}.label`);
  const common = {
    label,
    description: t(`remoteField.${name}.help`),
    inputWrapperOrder: WRAPPER_ORDER,
    error,
    // Said in words by the help; a star would be a riddle to some.
    'aria-required': required && !kept,
    autoComplete: 'off',
    spellCheck: false,
    'data-testid': `remote-${name}`,
    placeholder: kept ? t('cloud.secretKept') : exampleOf(name),
    value,
    onChange: (event: { readonly currentTarget: { readonly value: string } }) => {
      change(event.currentTarget.value);
    },
  };
  switch (kind) {
    case 'choice':
      return (
        <Select
          label={label}
          description={common.description}
          inputWrapperOrder={WRAPPER_ORDER}
          error={error}
          data={(choices ?? []).map((choice) => {
            const spoken = SPOKEN.find((word) => word === choice);
            return {
              value: choice,
              label: spoken === undefined ? choice : t(`remoteChoice.${spoken}`),
            };
          })}
          value={value === '' ? (choices?.[0] ?? null) : value}
          onChange={(chosen) => {
            if (chosen !== null) change(chosen);
          }}
          data-testid={common['data-testid']}
        />
      );
    case 'lines':
    case 'token':
      return <Textarea {...common} rows={3} />;
    case 'password':
      return (
        <TextInput
          {...common}
          type={seen ? 'text' : 'password'}
          autoComplete="new-password"
          rightSectionWidth="var(--target)"
          rightSection={
            <ActionIcon
              variant="subtle"
              color="gray"
              c="var(--text)"
              aria-pressed={seen}
              aria-label={t('cloud.showSecret', { name: label })}
              onClick={() => {
                setSeen(!seen);
              }}
            >
              {seen ? <IconEyeOff size={20} aria-hidden /> : <IconEye size={20} aria-hidden />}
            </ActionIcon>
          }
        />
      );
    case 'text':
    case 'url':
    case 'port':
    case 'path':
      return (
        <TextInput
          {...common}
          inputMode={kind === 'url' ? 'url' : kind === 'port' ? 'numeric' : 'text'}
        />
      );
  }
}
