import type { VaultStatus } from '@shared/model/vault';
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
        data-backend={status?.backend}
      >
        {status === undefined ? (
          <p className={styles.quiet}>{t('settings.vaultNotTested')}</p>
        ) : (
          <>
            <StatusBadge
              tone={status.available ? 'good' : 'attention'}
              icon={status.available ? IconCircleCheck : IconAlertTriangle}
            >
              {t(`vaultBackend.${status.backend}`)}
            </StatusBadge>
            <p>
              <strong>{t(`vaultReason.${status.reason}.text`)}.</strong>{' '}
              {t(`vaultReason.${status.reason}.advice`)}
            </p>
            <EncryptedFile file={status.file} />
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

function EncryptedFile({ file }: { readonly file: VaultStatus['file'] }): ReactNode {
  const { t } = useTranslation();
  return (
    <p>
      <strong>{t(`vaultFile.${file.state}.text`)}.</strong> {t(`vaultFile.${file.state}.advice`)}
      {file.state === 'unused' ? null : ` ${t(`vaultKey.${file.key}`)}`}
    </p>
  );
}
