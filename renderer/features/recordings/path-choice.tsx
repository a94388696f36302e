import { Button, TextInput, UnstyledButton } from '@mantine/core';
import { IconDeviceUsb, IconPlus } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { useStation } from '../../app/station-context';
import styles from './path-choice.module.css';

const PLACES_POLL_MS = 3_000;

/** Cards, sticks and disks that are plugged in; a press takes one. Nothing where there is none. */
export function Places({
  writable,
  choose,
}: {
  /** Only those that can be written to. */
  readonly writable: boolean;
  readonly choose: (path: string) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { queries } = useStation();
  const places = useQuery(
    queries.dialogs.places.queryOptions({ refetchInterval: PLACES_POLL_MS, staleTime: 0 }),
  );
  const shown = (places.data ?? []).filter((place) => !writable || place.writable);
  if (shown.length === 0) return null;
  return (
    <div>
      <span className={styles.caption}>{t('paths.places')}</span>
      <ul className={styles.places}>
        {shown.map((place) => (
          <li key={place.path}>
            <UnstyledButton
              className={styles.place}
              data-testid="place"
              onClick={() => {
                choose(place.path);
              }}
            >
              <IconDeviceUsb size={24} aria-hidden />
              <span>
                <strong>{place.name}</strong>
                <span className={styles.quiet}>
                  {t('paths.free', {
                    free: format.bytes(place.freeBytes),
                    total: format.bytes(place.totalBytes),
                  })}
                </span>
              </span>
            </UnstyledButton>
          </li>
        ))}
      </ul>
    </div>
  );
}

/** A path that is typed: for stations without dialogs, and for those who know where it is. */
export function PathField({
  label,
  take,
  children,
}: {
  readonly label: string;
  readonly take: (path: string) => void;
  readonly children?: ReactNode;
}): ReactNode {
  const { t } = useTranslation();
  const [text, setText] = useState('');
  const path = text.trim();
  const wrong = path !== '' && !path.startsWith('/');
  const submit = (): void => {
    if (path === '' || wrong) return;
    take(path);
    setText('');
  };
  return (
    <div className={styles.typed}>
      <TextInput
        label={label}
        placeholder="/media/…"
        maxLength={4096}
        className={styles.path}
        value={text}
        error={wrong ? t('paths.absolute') : undefined}
        onChange={(event) => {
          setText(event.currentTarget.value);
        }}
        onKeyDown={(event) => {
          if (event.key !== 'Enter') return;
          event.preventDefault();
          submit();
        }}
        data-testid="path-typed"
      />
      <Button
        variant="default"
        leftSection={<IconPlus size={20} aria-hidden />}
        disabled={path === '' || wrong}
        data-testid="path-take"
        onClick={submit}
      >
        {t('paths.take')}
      </Button>
      {children}
    </div>
  );
}
