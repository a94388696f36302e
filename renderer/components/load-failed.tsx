import { Button } from '@mantine/core';
import { IconPlugConnectedX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { describeError } from '../app/error-text';
import { Detail } from './detail';
import { PageMessage } from './page-message';

/** A list or page that could not be loaded, with why and the next step. */
export function LoadFailed({
  error,
  retry,
}: {
  readonly error: unknown;
  readonly retry: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const { key, detail } = describeError(error);
  return (
    <PageMessage
      tone="attention"
      icon={IconPlugConnectedX}
      title={t(`error.${key}.text`)}
      text={t(`error.${key}.advice`)}
      alert
      data-testid="load-failed"
    >
      <Button onClick={retry}>{t('common.retry')}</Button>
      <Detail text={detail} />
    </PageMessage>
  );
}
