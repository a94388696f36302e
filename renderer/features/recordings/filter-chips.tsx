import { UnstyledButton } from '@mantine/core';
import { IconX } from '@tabler/icons-react';
import type { ReactNode } from 'react';
import { useTranslation } from 'react-i18next';
import { formatDay } from '../../app/format/days';
import { useFormat } from '../../app/format/use-format';
import { partsOf, without, type ChosenFilter, type FilterPart } from './recording-filter';
import styles from './filter-chips.module.css';

interface Props {
  readonly chosen: ChosenFilter;
  readonly change: (chosen: ChosenFilter) => void;
  readonly names: ReadonlyMap<string, string>;
}

/** What the list is narrowed by; each part goes away by a press. */
export function FilterChips({ chosen, change, names }: Props): ReactNode {
  const { t } = useTranslation();
  const { language } = useFormat();
  const parts = partsOf(chosen);
  if (parts.length === 0) return null;
  const side = (day: string, time: string): string =>
    day === '' ? '…' : [formatDay(day, language), time].join(' ').trim();
  const words = (part: FilterPart): string => {
    if (typeof part === 'object')
      return 'tag' in part ? `# ${part.tag}` : t(`recordings.state_${part.state}`);
    switch (part) {
      case 'text':
        return `“${chosen.text.trim()}”`;
      case 'device':
        return names.get(chosen.device ?? '') ?? chosen.device ?? '';
      case 'days':
        return chosen.fromDay === chosen.toDay && chosen.fromTime === '' && chosen.toTime === ''
          ? formatDay(chosen.fromDay, language)
          : `${side(chosen.fromDay, chosen.fromTime)} – ${side(chosen.toDay, chosen.toTime)}`;
      case 'duration':
        return `${chosen.minDurationS || '0'} – ${chosen.maxDurationS || '…'} s`;
      case 'source':
        return t(`recordings.source_${chosen.source ?? 'any'}`);
      case 'label':
        return t('recordings.heardChip', { label: chosen.label.trim() });
    }
  };
  return (
    <ul
      className={styles.chips}
      aria-label={t('recordings.activeFilters')}
      data-testid="filter-chips"
    >
      {parts.map((part) => {
        const text = words(part);
        return (
          <li key={typeof part === 'object' ? JSON.stringify(part) : part}>
            <UnstyledButton
              className={styles.chip}
              aria-label={t('recordings.removeFilter', { filter: text })}
              onClick={() => {
                change(without(chosen, part));
              }}
            >
              <span className={styles.words}>{text}</span>
              <IconX size={18} aria-hidden />
            </UnstyledButton>
          </li>
        );
      })}
    </ul>
  );
}
