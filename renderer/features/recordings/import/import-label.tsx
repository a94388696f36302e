import type { Import } from '@shared/model/import';
import { useEffect, useMemo, type ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import { useStation } from '../../../app/station-context';
import { useLive } from '../use-live';
import { isGoingOn } from './going-on';

/** How far the import is that runs; apart from its page, which need not be drawn anew ten times a second. */
export function ImportLabel({
  running,
  ended,
}: {
  readonly running: Import;
  readonly ended: () => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  const { client } = useStation();
  const { id } = running;
  const watch = useMemo(
    () => (signal: AbortSignal) => client.imports.watch({ id }, { signal }),
    [client, id],
  );
  const { totalBytes, doneBytes, ...now } = useLive(watch) ?? running;
  const goes = isGoingOn(now);
  useEffect(() => {
    if (!goes) ended();
  }, [goes, ended]);
  const percent = totalBytes === 0 ? 0 : (doneBytes / totalBytes) * 100;
  return t('recordings.importing', { percent: format.percent(percent) });
}
