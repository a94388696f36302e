import type { Asset, AssetKind, Detection } from '@shared/model/analysis';
import type { Import, ImportItem, ImportItemState } from '@shared/model/import';
import type { Recording, RecordingDay, RecordingFilter, Selection } from '@shared/model/recording';
import { recording } from './sample-data';

/** How far a search looks back: enough for pictures. */
const LOOKED_AT = 30_000;
const WORDS = ['Kauz am Nordhang', 'Fledermaus?', 'Regen', null, null, null, null, null];
const TAGS = ['owl', 'bat', 'rain', 'check again'];

/** Millions of recordings that are made up when they are looked at, and what people did to some of them. */
export class SampleLibrary {
  readonly #newestMs: number;
  readonly #total: number;
  readonly #changed = new Map<number, Partial<Recording>>();
  readonly #undo = new Map<string, ReadonlyMap<number, Partial<Recording>>>();
  readonly added: Recording[] = [];

  constructor(newestMs: number, total: number) {
    this.#newestMs = newestMs;
    this.#total = total;
  }

  byIndex(index: number): Recording {
    const id = this.#total - index;
    return this.#dressed(recording(id, this.#newestMs - index * 10_000));
  }

  get(id: number): Recording {
    const added = this.added.find((row) => row.id === id);
    return added === undefined ? this.byIndex(this.#total - id) : this.#dressed(added);
  }

  /** From where on `cursor` says, so many. */
  page(filter: RecordingFilter & { limit: number; cursor?: string | undefined }): {
    items: Recording[];
    nextCursor: string | null;
  } {
    const items: Recording[] = [];
    if (filter.cursor === undefined)
      items.push(...this.added.map((row) => this.#dressed(row)).filter((row) => fits(row, filter)));
    let index = Number(filter.cursor ?? 0);
    const end = index + LOOKED_AT;
    while (items.length < filter.limit && index < end) {
      const row = this.byIndex(index);
      if (fits(row, filter)) items.push(row);
      index += 1;
    }
    return { items, nextCursor: index < end ? String(index) : null };
  }

  count(filter: RecordingFilter): number {
    const plain = Object.keys(filter).every((key) => key === 'bin') && filter.bin !== true;
    if (plain) return this.#total + this.added.length;
    return this.page({ ...filter, limit: LOOKED_AT }).items.length;
  }

  of(selection: Selection): Recording[] {
    return 'ids' in selection
      ? selection.ids.map((id) => this.get(id))
      : this.page({ ...selection.filter, limit: 2_000 }).items;
  }

  change(rows: readonly Recording[], how: (row: Recording) => Partial<Recording>): number {
    for (const row of rows)
      this.#changed.set(row.id, { ...this.#changed.get(row.id), ...how(row) });
    return rows.length;
  }

  /** As `change`, and remembers what was before. */
  changeToUndo(
    rows: readonly Recording[],
    how: (row: Recording) => Partial<Recording>,
  ): { changed: number; change: string } {
    const change = String(this.#undo.size + 1);
    const before = new Map(
      rows.map((row) => [row.id, { tags: row.tags, protected: row.protected }]),
    );
    this.#undo.set(change, before);
    return { changed: this.change(rows, how), change };
  }

  undo(change: string): number {
    const before = this.#undo.get(change) ?? new Map<number, Partial<Recording>>();
    for (const [id, old] of before) this.#changed.set(id, { ...this.#changed.get(id), ...old });
    return before.size;
  }

  days(from: string, to: string): RecordingDay[] {
    const days: RecordingDay[] = [];
    const today = new Date().toISOString().slice(0, 10);
    for (let ms = Date.parse(from); ms <= Date.parse(to); ms += 86_400_000) {
      const day = new Date(ms).toISOString().slice(0, 10);
      const number = Number(day.slice(8));
      if (day > today || number % 13 === 0) continue;
      const recordings = Math.round(
        8640 * (day === today ? 0.6 : 0.35 + ((number * 37) % 65) / 100),
      );
      days.push({ day, recordings, durationS: recordings * 10 });
    }
    return days;
  }

  #dressed(row: Recording): Recording {
    const title = WORDS[row.id % WORDS.length] ?? null;
    const imported = row.id % 29 === 0;
    return {
      ...row,
      ...(imported
        ? {
            source: 'import' as const,
            originalName: '20260612_213000T.WAV',
            timeSource: 'file_name' as const,
            runId: null,
            sequence: null,
            processed: null,
            simulated: false,
          }
        : {}),
      title,
      description: title === null ? null : 'Rief zweimal, dann Wind.',
      tags: title === null ? [] : [TAGS[row.id % TAGS.length] ?? 'owl'],
      protected: row.id % 17 === 0,
      detections: row.id % 5 === 0 ? 2 : 0,
      integrity: row.id % 97 === 0 ? 'corrupt' : row.id % 3 === 0 ? 'ok' : null,
      verifiedAt: row.id % 3 === 0 ? new Date(Date.now() - 86_400_000).toISOString() : null,
      deletedAt: row.id % 401 === 0 ? new Date(Date.now() - 7_200_000).toISOString() : null,
      ...this.#changed.get(row.id),
    };
  }
}

function fits(row: Recording, filter: RecordingFilter): boolean {
  const words = [row.title, row.description, row.notes, row.originalName].join(' ').toLowerCase();
  return (
    (row.deletedAt !== null) === (filter.bin ?? false) &&
    (filter.device === undefined || row.device === filter.device) &&
    (filter.from === undefined || row.time >= filter.from) &&
    (filter.to === undefined || row.time < filter.to) &&
    (filter.text === undefined ||
      filter.text
        .toLowerCase()
        .split(/\s+/)
        .every((word) => words.includes(word))) &&
    (filter.tags ?? []).every((tag) => row.tags.includes(tag)) &&
    (filter.protected === undefined || row.protected === filter.protected) &&
    (filter.localDeleted === undefined || row.localDeleted === filter.localDeleted) &&
    (filter.source === undefined || row.source === filter.source) &&
    (filter.damaged === undefined || (row.integrity !== null && row.integrity !== 'ok')) &&
    (filter.minDurationS === undefined || row.durationS >= filter.minDurationS) &&
    (filter.maxDurationS === undefined || row.durationS <= filter.maxDurationS)
  );
}

export const DETECTIONS: Detection[] = [
  { startS: 1.4, endS: 2.9, label: 'Strix aluco', confidence: 0.93 },
  { startS: 6.1, endS: 6.8, label: 'Pipistrellus pipistrellus', confidence: 0.71 },
].map((detection, index) => ({
  ...detection,
  id: index + 1,
  worker: 'custom',
  workerVersion: '1',
}));

/** Pictures that are drawn here and now. */
export function sampleAsset(kind: AssetKind, row: Recording): Asset {
  const nothing = { kind, url: null, version: 1, detail: '' };
  if (row.localDeleted) return { ...nothing, state: 'no_audio' };
  if (row.id % 7 === 0) return { ...nothing, state: 'working' };
  if (row.id % 11 === 0)
    return { ...nothing, state: 'failed', detail: 'The file ends in the middle of a sample.' };
  return { ...nothing, state: 'ready', url: kind === 'peaks' ? peaksUrl() : spectrogramUrl() };
}

function loudness(x: number): number {
  return (
    0.08 + 0.9 * Math.exp(-(((x - 0.2) * 14) ** 2)) + 0.5 * Math.exp(-(((x - 0.64) * 40) ** 2))
  );
}

/** See shared/model/peaks. */
function peaksUrl(): string {
  const bins = 4096;
  const bytes = new ArrayBuffer(24 + 8 + bins * 4);
  const view = new DataView(bytes);
  for (const [at, letter] of Array.from('SVPK').entries()) view.setUint8(at, letter.charCodeAt(0));
  view.setUint8(4, 1);
  view.setUint8(5, 1);
  view.setUint16(6, 1, true);
  view.setUint32(8, 384_000, true);
  view.setFloat32(12, 0.31, true);
  view.setFloat64(16, 3_840_000, true);
  view.setUint32(24, 938, true);
  view.setUint32(28, bins, true);
  for (let bin = 0; bin < bins; bin++) {
    const loud = Math.min(1, loudness(bin / bins) * (0.6 + 0.4 * Math.random()));
    view.setInt16(32 + bin * 4, -loud * 32_767, true);
    view.setInt16(34 + bin * 4, loud * 32_767, true);
  }
  return URL.createObjectURL(new Blob([bytes]));
}

function spectrogramUrl(): string {
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [800, 256];
  const context = canvas.getContext('2d');
  if (context === null) return '';
  for (let x = 0; x < 800; x++)
    for (let y = 0; y < 256; y += 2) {
      const ridge = Math.exp(-(((y - 170 + 60 * Math.sin(x / 30)) / 14) ** 2));
      const value = Math.min(1, loudness(x / 800) * ridge * 1.2 + 0.18 * Math.random() * (y / 256));
      context.fillStyle = `hsl(${String(280 + value * 130)} 80% ${String(value * 75)}%)`;
      context.fillRect(x, y, 1, 2);
    }
  return canvas.toDataURL();
}

const NO_FILES = {
  waiting: 0,
  imported: 0,
  repaired: 0,
  duplicate: 0,
  in_bin: 0,
  refused: 0,
  failed: 0,
};

/** An import of so many files, of which so many are through. */
export function sampleImport(id: number, done: number, total: number, tags: string[]): Import {
  const each = 7_680_044;
  const refused = Math.floor(done / 90);
  const duplicate = Math.floor(done / 25);
  const repaired = Math.floor(done / 60);
  const finished = done >= total;
  return {
    id,
    sources: ['/media/AUDIOMOTH/2026-06'],
    options: { tags },
    state: finished ? 'done' : 'copying',
    createdAt: new Date(Date.now() - 60_000).toISOString(),
    finishedAt: finished ? new Date().toISOString() : null,
    problem: null,
    files: {
      ...NO_FILES,
      waiting: total - done,
      imported: done - refused - duplicate - repaired,
      repaired,
      duplicate,
      refused,
    },
    totalBytes: total * each,
    doneBytes: done * each,
    bytesPerS: finished ? null : 43_000_000,
    secondsLeft: finished ? null : ((total - done) * each) / 43_000_000,
    current: finished ? null : `/media/AUDIOMOTH/2026-06/20260612_${String(210000 + done)}.WAV`,
  };
}

export function sampleItems(state: ImportItemState | undefined, afterId: number): ImportItem[] {
  const states: ImportItemState[] = ['imported', 'imported', 'repaired', 'duplicate', 'refused'];
  const items = Array.from({ length: 240 }, (_, index): ImportItem => {
    const own = states[index % states.length] ?? 'imported';
    const taken = own === 'imported' || own === 'repaired';
    return {
      id: index + 1,
      path: `/media/AUDIOMOTH/2026-06/20260612_${String(210_000 + index * 10)}.WAV`,
      sizeBytes: 7_680_044,
      state: own,
      recordingId: taken ? 5_000 + index : null,
      time: taken ? new Date(Date.UTC(2026, 5, 12, 19) + index * 10_000).toISOString() : null,
      timeSource: taken ? (index % 2 === 0 ? 'audiomoth_comment' : 'file_name') : null,
      detail:
        own === 'refused'
          ? 'It is called .wav and is text.'
          : own === 'repaired'
            ? 'The header said 0xFFFFFFFF; the length was taken from the file.'
            : '',
    };
  });
  return items
    .filter((item) => item.id > afterId && (state === undefined || item.state === state))
    .slice(0, 100);
}
