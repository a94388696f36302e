import { Button } from '@mantine/core';
import { IconCircleCheck, IconAlertTriangle, IconKey } from '@tabler/icons-react';
import { useMutation } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { Detail } from '../../components/detail';
import { ErrorNote } from '../../components/error-note';
import { StatusBadge } from '../../components/status-badge';
import styles from './settings-page.module.css';

export function CredentialsSection(): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const test = useMutation(queries.vault.test.mutationOptions());
  const status = test.data;
  return (
    <div className={styles.fields}>
      <p className={styles.quiet}>{t('settings.vaultIntro')}</p>
      <div
        className={styles.result}
        role="status"
        data-testid="vault-result"
        data-reason={status?.reason ?? 'untested'}
      >
        {status === undefined ? (
          <p className={styles.quiet}>{t('settings.vaultNotTested')}</p>
        ) : (
          <>
            <StatusBadge
              tone={status.available ? 'good' : 'attention'}
              icon={status.available ? IconCircleCheck : IconAlertTriangle}
            >
              {t(`vaultReason.${status.reason}.text`)}
            </StatusBadge>
            <p>{t(`vaultReason.${status.reason}.advice`)}</p>
            <Detail text={status.detail} />
          </>
        )}
      </div>
      <ErrorNote error={test.error} />
      <div>
        <Button
          leftSection={<IconKey size={20} aria-hidden />}
          loading={test.isPending}
          data-testid="vault-test"
          onClick={() => {
            test.mutate(undefined);
          }}
        >
          {t('settings.vaultTest')}
        </Button>
      </div>
    </div>
  );
}
