import { Button, Modal, Skeleton } from '@mantine/core';
import { IconDownload, IconPrinter } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useStation } from '../../app/station-context';
import { LoadFailed } from '../load-failed';
import { saveFile } from '../save-file';
import { useCompact } from '../use-compact';
import './certificate-print.css';
import type { CertificateDialogProps } from './certificate-dialog-props';
import styles from './certificate-dialog.module.css';
import { CertificateSheet } from './certificate-sheet';

/** A certificate to read, to print and to keep. */
export function CertificateDialog(props: CertificateDialogProps): ReactNode {
  const { t } = useTranslation();
  return (
    <Modal
      opened={props.opened}
      onClose={props.close}
      title={t('certificate.title')}
      size="60rem"
      fullScreen={useCompact()}
      // A place of its own in the document: on paper it stays and everything else goes.
      portalProps={{ className: 'certificate-portal', reuseTargetNode: false }}
      closeButtonProps={{ 'aria-label': t('common.close') }}
    >
      <Content {...props} />
    </Modal>
  );
}

function Content({ device, name, from, to }: CertificateDialogProps): ReactNode {
  const { t } = useTranslation();
  const { queries } = useStation();
  const certificate = useQuery(
    queries.coverage.certificate.queryOptions({
      input: { device, from, to },
      // A certificate is what it was when it was issued.
      staleTime: Number.POSITIVE_INFINITY,
      gcTime: 0,
      retry: false,
    }),
  );
  if (certificate.data === undefined) {
    return certificate.isError ? (
      <LoadFailed
        error={certificate.error}
        retry={() => {
          void certificate.refetch();
        }}
      />
    ) : (
      <div role="status" data-testid="certificate-loading">
        <p className={styles.waiting}>{t('certificate.loading')}</p>
        <Skeleton height="18rem" radius="md" />
      </div>
    );
  }
  const { data } = certificate;
  return (
    <div data-testid="certificate">
      <div className={styles.actions}>
        <Button
          leftSection={<IconPrinter size={20} aria-hidden />}
          data-testid="certificate-print"
          onClick={() => {
            window.print();
          }}
        >
          {t('certificate.print')}
        </Button>
        <Button
          variant="default"
          leftSection={<IconDownload size={20} aria-hidden />}
          data-testid="certificate-save"
          onClick={() => {
            saveFile(
              `${certificateName(name, from)}.json`,
              'application/json',
              `${JSON.stringify(data, null, 2)}\n`,
            );
          }}
        >
          {t('certificate.save')}
        </Button>
      </div>
      <CertificateSheet certificate={data} />
    </div>
  );
}

/** A file name of a person's words: nothing in it that a file system could take amiss. */
function certificateName(name: string, from: string): string {
  const safe = name
    .normalize('NFKD')
    .replaceAll(/[^A-Za-z0-9]+/g, '-')
    .replaceAll(/^-|-$/g, '')
    .slice(0, 60)
    .toLowerCase();
  return `certificate-${safe === '' ? 'microphone' : safe}-${from.slice(0, 10)}`;
}
