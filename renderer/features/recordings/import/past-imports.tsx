import type { Import } from '@shared/model/import';
import { UnstyledButton } from '@mantine/core';
import { IconChevronRight } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { useFormat } from '../../../app/format/use-format';
import own from './import.module.css';

const SHOWN = 10;

/** Earlier imports, each with its report, and with its way on where it did not come to an end. */
export function PastImports({
  imports,
  show,
}: {
  readonly imports: readonly Import[];
  readonly show: (id: number) => void;
}): ReactNode {
  const { t } = useTranslation();
  const format = useFormat();
  if (imports.length === 0) return null;
  return (
    <section>
      <h3 className={own.heading}>{t('import.past')}</h3>
      <ul className={own.past}>
        {imports.slice(0, SHOWN).map((past) => {
          const taken = past.files.imported + past.files.repaired;
          return (
            <li key={past.id}>
              <UnstyledButton
                className={own.pastRow}
                data-testid="past-import"
                onClick={() => {
                  show(past.id);
                }}
              >
                <span>{format.instant(past.createdAt, 'dateTime')}</span>
                <span className={own.words}>{past.sources.join(', ')}</span>
                <span>
                  {t(`importState.${past.state}`)} ·{' '}
                  {t('recordings.total', { count: taken, formatted: format.count(taken) })}{' '}
                  <IconChevronRight size={18} aria-hidden />
                </span>
              </UnstyledButton>
            </li>
          );
        })}
      </ul>
    </section>
  );
}
