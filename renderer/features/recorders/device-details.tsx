import type { Device } from '@shared/model/device';
import type { RecorderStatus } from '@shared/model/recorder';
import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import { useId, useState, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../app/format/use-format';
import { Facts } from '../../components/facts';
import styles from './match-reason.module.css';
import { offersInWords } from './offers-in-words';
import { RunFacts } from './run-facts';
import runStyles from './run-facts.module.css';

interface Props {
  readonly device: Device;
  readonly recorder: RecorderStatus | null;
}

/** What only a technician asks for: identity, wiring, run. */
export function DeviceDetails({ device, recorder }: Props): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const [open, setOpen] = useState(false);
  const id = useId();
  const basis = t(`identityBasis.${device.identityBasis}`);
  const usb = [device.usbVendorId, device.usbProductId].filter((part) => part !== null).join(':');
  return (
    <div>
      <UnstyledButton
        className={styles.toggle}
        aria-expanded={open}
        aria-controls={id}
        aria-label={t('recorders.moreOf', { name: device.displayName })}
        data-testid="device-details"
        onClick={() => {
          setOpen(!open);
        }}
      >
        <IconChevronRight size={18} aria-hidden className={styles.chevron} />
        {t('recorders.more')}
      </UnstyledButton>
      <div id={id} hidden={!open}>
        {recorder === null || recorder.runId === null ? null : <RunFacts recorder={recorder} />}
        <h3 className={runStyles.heading}>{t('recorders.deviceTitle')}</h3>
        <Facts
          facts={[
            { label: t('recorders.identity'), value: device.name, code: true },
            {
              label: t('recorders.identityBy'),
              value:
                device.identityBasis === 'card' ? `${basis} (${t('recorders.unstable')})` : basis,
            },
            ...(device.pcm === null
              ? []
              : [{ label: t('recorders.pcm'), value: device.pcm, code: true }]),
            ...(device.alsaName === null
              ? []
              : [{ label: t('recorders.hardwareName'), value: device.alsaName }]),
            ...(device.offers === null || device.offers.length === 0
              ? []
              : [
                  {
                    label: t('recorders.offers'),
                    value: offersInWords(device.offers, t, format).join(' · '),
                    wide: true,
                  },
                ]),
            ...(usb === '' ? [] : [{ label: t('recorders.usb'), value: usb }]),
            ...(device.usbBusPath === null
              ? []
              : [
                  {
                    label: t('recorders.usbPort'),
                    value: t('recorders.port', { path: device.usbBusPath }),
                  },
                ]),
            ...(device.simulatedSource === null
              ? []
              : [
                  { label: t('recorders.source'), value: t(`addDevice.${device.simulatedSource}`) },
                ]),
            ...(device.simulatedFile === null
              ? []
              : [{ label: t('addDevice.filePath'), value: device.simulatedFile, code: true }]),
            { label: t('recorders.flaps'), value: format.count(device.flaps) },
            {
              label: t('recorders.firstSeen'),
              value: format.instant(device.firstSeenAt, 'dateTime'),
            },
            {
              label: t('recorders.lastSeen'),
              value: format.instant(device.lastSeenAt, 'dateTime'),
            },
            { label: t('recorders.workspace'), value: device.workspace, code: true },
          ]}
        />
      </div>
    </div>
  );
}
