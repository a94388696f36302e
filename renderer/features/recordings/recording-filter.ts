import type { RecordingFilter } from '@shared/model/recording';
import { parseTimeOfDay } from '../../app/format/days';
import { dayOf, instantOf, startOfDay, timeOfDayAt } from '../../app/format/instants';
import { parseNumber } from '../../app/format/numbers';

/** What a recording can be asked to be; two of one pair shut each other out. */
export const STATE_WORDS = [
  'protected',
  'uploaded',
  'notUploaded',
  'here',
  'notHere',
  'recovered',
  'clockUnsynced',
  'damaged',
] as const;
export type StateWord = (typeof STATE_WORDS)[number];

const AGAINST: Partial<Record<StateWord, StateWord>> = {
  uploaded: 'notUploaded',
  notUploaded: 'uploaded',
  here: 'notHere',
  notHere: 'here',
};

const AS_FILTER: Readonly<Record<StateWord, RecordingFilter>> = {
  protected: { protected: true },
  uploaded: { uploaded: true },
  notUploaded: { uploaded: false },
  here: { localDeleted: false },
  notHere: { localDeleted: true },
  recovered: { recovered: true },
  clockUnsynced: { clockUnsynced: true },
  damaged: { damaged: true },
};

/** What a person chose: days as `YYYY-MM-DD` in the zone that is shown, numbers and times as typed; empty = no limit. */
export interface ChosenFilter {
  readonly text: string;
  readonly device: string | null;
  readonly fromDay: string;
  readonly fromTime: string;
  readonly toDay: string;
  readonly toTime: string;
  readonly tags: readonly string[];
  readonly minDurationS: string;
  readonly maxDurationS: string;
  readonly source: 'recorder' | 'import' | null;
  /** What a worker heard. */
  readonly label: string;
  readonly states: readonly StateWord[];
}

export const NO_FILTER: ChosenFilter = {
  text: '',
  device: null,
  fromDay: '',
  fromTime: '',
  toDay: '',
  toTime: '',
  tags: [],
  minDurationS: '',
  maxDurationS: '',
  source: null,
  label: '',
  states: [],
};

/** The parts of a filter that can be taken away one by one. */
export type FilterPart =
  | 'text'
  | 'device'
  | 'days'
  | 'duration'
  | 'source'
  | 'label'
  | { readonly tag: string }
  | { readonly state: StateWord };

export function partsOf(chosen: ChosenFilter): readonly FilterPart[] {
  return [
    ...(chosen.text.trim() === '' ? [] : (['text'] as const)),
    ...(chosen.device === null ? [] : (['device'] as const)),
    ...(chosen.fromDay === '' && chosen.toDay === '' ? [] : (['days'] as const)),
    ...(chosen.minDurationS === '' && chosen.maxDurationS === '' ? [] : (['duration'] as const)),
    ...(chosen.source === null ? [] : (['source'] as const)),
    ...(chosen.label.trim() === '' ? [] : (['label'] as const)),
    ...chosen.tags.map((tag) => ({ tag })),
    ...chosen.states.map((state) => ({ state })),
  ];
}

export function without(chosen: ChosenFilter, part: FilterPart): ChosenFilter {
  if (typeof part === 'object')
    return 'tag' in part
      ? { ...chosen, tags: chosen.tags.filter((tag) => tag !== part.tag) }
      : { ...chosen, states: chosen.states.filter((state) => state !== part.state) };
  switch (part) {
    case 'days':
      return { ...chosen, fromDay: '', fromTime: '', toDay: '', toTime: '' };
    case 'duration':
      return { ...chosen, minDurationS: '', maxDurationS: '' };
    case 'device':
    case 'source':
      return { ...chosen, [part]: null };
    case 'text':
    case 'label':
      return { ...chosen, [part]: '' };
  }
}

/** Switches a state on or off; its opposite goes off. */
export function toggleState(chosen: ChosenFilter, word: StateWord): ChosenFilter {
  const others = chosen.states.filter((state) => state !== word && state !== AGAINST[word]);
  return { ...chosen, states: chosen.states.includes(word) ? others : [...others, word] };
}

export function isFiltered(chosen: ChosenFilter): boolean {
  return partsOf(chosen).length > 0;
}

/** A choice narrowed to one calendar day of the station, told in the zone that is shown. */
export function chooseDay(
  chosen: ChosenFilter,
  day: string,
  { stationZone, shownZone }: { readonly stationZone: string; readonly shownZone: string },
): ChosenFilter {
  const from = startOfDay(day, stationZone);
  const to = startOfDay(day, stationZone, 1);
  if (stationZone === shownZone || from === null || to === null)
    return { ...chosen, fromDay: day, fromTime: '', toDay: day, toTime: '' };
  const fromMs = Date.parse(from);
  const toMs = Date.parse(to);
  return {
    ...chosen,
    fromDay: dayOf(fromMs, shownZone),
    fromTime: timeOfDayAt(fromMs, shownZone),
    toDay: dayOf(toMs, shownZone),
    toTime: timeOfDayAt(toMs, shownZone),
  };
}

/** The station's calendar day that a filter is exactly; null when it is none. */
export function chosenDay(filter: RecordingFilter, stationZone: string): string | null {
  if (filter.from === undefined || filter.to === undefined) return null;
  const day = dayOf(Date.parse(filter.from), stationZone);
  return startOfDay(day, stationZone) === filter.from &&
    startOfDay(day, stationZone, 1) === filter.to
    ? day
    : null;
}

function span(chosen: ChosenFilter, timeZone: string): { from: string | null; to: string | null } {
  const fromTime = parseTimeOfDay(chosen.fromTime);
  const toTime = parseTimeOfDay(chosen.toTime);
  return {
    from:
      fromTime === null
        ? startOfDay(chosen.fromDay, timeZone)
        : instantOf(chosen.fromDay, fromTime, timeZone),
    to:
      toTime === null
        ? startOfDay(chosen.toDay, timeZone, 1)
        : instantOf(chosen.toDay, toTime, timeZone),
  };
}

/** Why a choice cannot be looked for; null: it can. */
export function filterProblem(
  chosen: ChosenFilter,
): 'range' | 'time' | 'number' | 'duration' | null {
  const { fromDay, toDay } = chosen;
  if ([chosen.fromTime, chosen.toTime].some((text) => text !== '' && parseTimeOfDay(text) === null))
    return 'time';
  const { from, to } = span(chosen, 'UTC');
  if (fromDay !== '' && toDay !== '' && from !== null && to !== null && from >= to) return 'range';
  const limits = [chosen.minDurationS, chosen.maxDurationS].filter((text) => text !== '');
  const [least, most] = limits.map(parseNumber);
  if (limits.some((text) => (parseNumber(text) ?? -1) < 0)) return 'number';
  if (typeof least === 'number' && typeof most === 'number' && least > most) return 'duration';
  return null;
}

/** What the list goes by: what was chosen last that could be used. A slip of the pen never means "everything". */
export function usableOf(chosen: ChosenFilter, before: ChosenFilter): ChosenFilter {
  return filterProblem(chosen) === null ? chosen : before;
}

/** The station's filter for it; both days count in full, unless a time of day cuts them. */
export function toRecordingFilter(chosen: ChosenFilter, timeZone: string): RecordingFilter {
  const { from, to } = span(chosen, timeZone);
  const text = chosen.text.trim();
  const label = chosen.label.trim();
  const least = parseNumber(chosen.minDurationS);
  const most = parseNumber(chosen.maxDurationS);
  return Object.assign(
    {
      ...(text === '' ? {} : { text }),
      ...(chosen.device === null ? {} : { device: chosen.device }),
      ...(from === null ? {} : { from }),
      ...(to === null ? {} : { to }),
      ...(chosen.tags.length === 0 ? {} : { tags: [...chosen.tags] }),
      ...(least === null ? {} : { minDurationS: least }),
      ...(most === null ? {} : { maxDurationS: most }),
      ...(chosen.source === null ? {} : { source: chosen.source }),
      ...(label === '' ? {} : { label }),
    },
    ...chosen.states.map((word) => AS_FILTER[word]),
  ) as RecordingFilter;
}
