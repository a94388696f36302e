import {
  IconCloudCheck,
  IconCloudExclamation,
  IconCloudOff,
  IconCloudPause,
  IconCloudQuestion,
  IconCloudUp,
  type Icon,
} from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { Link } from 'wouter';
import { useCompact } from '../components/use-compact';
import { useFreshness } from '../stores/station-view';
import styles from './cloud-indicator.module.css';
import { cloudVerdict, type CloudVerdict } from './cloud-verdict';
import { useFormat } from './format/use-format';
import { SLOW_POLL_MS } from './query-client';
import { useStation } from './station-context';

const SIGN: Readonly<Record<CloudVerdict['kind'], Icon>> = {
  unknown: IconCloudQuestion,
  none: IconCloudOff,
  off: IconCloudOff,
  attention: IconCloudExclamation,
  paused: IconCloudPause,
  waiting: IconCloudPause,
  uploading: IconCloudUp,
  synced: IconCloudCheck,
};

/** How the cloud is, in a sign and a word, and the way to its page. Nothing that is old is shown as if it were new. */
export function CloudIndicator(): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const compact = useCompact();
  const { stale } = useFreshness();
  const { queries } = useStation();
  const remotes = useQuery(queries.remotes.list.queryOptions({ refetchInterval: SLOW_POLL_MS }));
  const verdict: CloudVerdict =
    stale || remotes.isError ? { kind: 'unknown' } : cloudVerdict(remotes.data);
  const Sign = SIGN[verdict.kind];
  const waiting =
    'waiting' in verdict && verdict.waiting > 0
      ? t('cloud.waitingShort', {
          count: verdict.waiting,
          formatted: format.count(verdict.waiting),
        })
      : null;
  const words = t(`cloudVerdict.${verdict.kind}`);
  return (
    <Link
      href="/cloud"
      className={styles.cloud}
      data-testid="cloud-indicator"
      data-state={verdict.kind}
    >
      <Sign size={24} aria-hidden />
      <span className={compact ? 'visually-hidden' : undefined}>
        <span className="visually-hidden">{t('nav.cloud')}: </span>
        {words}
        {waiting === null ? null : <span className="visually-hidden">, {waiting}</span>}
      </span>
    </Link>
  );
}
