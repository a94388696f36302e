import { Button } from '@mantine/core';
import { IconCertificate } from '@tabler/icons-react';
import { useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { lazyDialog } from '../../app/lazy-dialog';
import { useStationNow, useTimeZone } from '../../stores/station-view';
import type { CertificateDialogProps } from './certificate-dialog-props';
import { certificateStretches } from './certificate-stretch';
import styles from './certificate-choice.module.css';

const CertificateDialog = lazyDialog<CertificateDialogProps>(
  async () => (await import('./certificate-dialog')).CertificateDialog,
);

interface Props {
  readonly device: string;
  readonly name: string;
  /** `YYYY-MM-DD` */
  readonly day: string;
  /** Told when the certificate opens over whatever this stands in, or closes. */
  readonly setCovered: (covered: boolean) => void;
}

/** What a signed certificate can be had for: the day, and the night that begins on it. */
export function CertificateChoice({ device, name, day, setCovered }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const now = useStationNow();
  const zone = useTimeZone();
  const [asked, setAsked] = useState<{ from: string; to: string } | null>(null);
  const [open, setOpen] = useState(false);
  if (now === null) return null;
  const stretches = certificateStretches(day, zone, now);
  return (
    <section>
      <h3 className={styles.heading}>{t('certificate.title')}</h3>
      <p className={styles.help}>{t('certificate.help')}</p>
      <div className={styles.buttons}>
        {stretches.map(({ kind, from, to, soFar }) => (
          <Button
            key={kind}
            variant="default"
            leftSection={<IconCertificate size={20} aria-hidden />}
            data-testid={`certificate-${kind}`}
            onClick={() => {
              setAsked({ from, to });
              setOpen(true);
              setCovered(true);
            }}
          >
            {soFar
              ? t(`certificate.${kind}SoFar`, { time: format.instant(to, 'minute') })
              : t(`certificate.${kind}`)}
          </Button>
        ))}
      </div>
      <CertificateDialog
        opened={open && asked !== null}
        close={() => {
          setOpen(false);
          setCovered(false);
        }}
        device={device}
        name={name}
        from={asked?.from ?? ''}
        to={asked?.to ?? ''}
      />
    </section>
  );
}
