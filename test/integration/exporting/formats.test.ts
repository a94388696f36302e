import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { describe, expect, it } from 'vitest';
import {
  auditLog,
  deletions,
  derivedAssets,
  detections,
  importItems,
  imports,
  recordings,
  recordingTags,
  tags,
} from '@main/database/schema';
import { type ExportBench, exportBench } from '../../support/export-bench';
import { fileDigest } from '../../support/file-digest';
import { insertDevice } from '../../support/sample-rows';

/** A second opinion on CSV: RFC 4180, read as strictly as it is written. */
function rowsOf(csv: string): Record<string, string>[] {
  const rows: string[][] = [[]];
  const pattern = /(?:"((?:[^"]|"")*)"|([^",\r\n]*))(,|\r\n|$)/gy;
  for (;;) {
    const at = pattern.lastIndex;
    const match = pattern.exec(csv);
    if (match === null) throw new Error(`no CSV at ${String(at)}`);
    rows.at(-1)!.push(match[1]?.replaceAll('""', '"') ?? match[2] ?? '');
    if (match[3] === '') break;
    if (match[3] === '\r\n') {
      if (pattern.lastIndex === csv.length) break;
      rows.push([]);
    }
  }
  const [heading, ...lines] = rows;
  return lines.map((line) => {
    expect(line).toHaveLength(heading!.length);
    return Object.fromEntries(heading!.map((name, i) => [name, line[i]!]));
  });
}

function tag(bench: ExportBench, recordingId: number, ...names: string[]): void {
  for (const name of names) {
    const { id } = bench.connection.db.insert(tags).values({ name }).returning().get();
    bench.connection.db.insert(recordingTags).values({ recordingId, tagId: id }).run();
  }
}

function detect(bench: ExportBench, recordingId: number, label: string, startS = 1.25): number {
  return bench.connection.db
    .insert(detections)
    .values({
      recordingId,
      worker: 'batty',
      workerVersion: '2',
      startS,
      endS: startS + 0.5,
      label,
      confidence: 0.875,
      createdAtMs: 0,
    })
    .returning()
    .get().id;
}

describe('an export as CSV', () => {
  it('has one line for each recording, whatever people have written', async () => {
    const bench = exportBench();
    const hostile = {
      title: '=HYPERLINK("http://example.invalid";"click")',
      description: 'two lines,\r\nand "quotes"',
      notes: "  @SUM(1+1)*cmd|' /C calc'!A0",
      originalName: '-2+3.wav',
    };
    const first = bench.record({}, hostile);
    tag(bench, first.id, '+tag', 'a|b', 'Fledermäuse');
    const second = bench.record(
      {},
      { timeMs: Date.UTC(2026, 5, 1, 0, 0, 0, 125), protected: true },
    );
    const done = await bench.run({ format: 'csv' });
    expect(done).toMatchObject({ state: 'done', files: 2 });
    const rows = rowsOf(readFileSync(join(done.folder, 'recordings.csv'), 'utf8'));
    expect(rows.map((row) => row['id'])).toEqual([String(first.id), String(second.id)]);
    expect(rows[0]).toMatchObject({
      device: 'mic',
      title: `'${hostile.title}`,
      description: hostile.description,
      notes: `'${hostile.notes}`,
      original_name: `'${hostile.originalName}`,
      tags: "'+tag | Fledermäuse | a/b",
      raw_sha256: fileDigest(first.path),
      exported_raw: '',
    });
    expect(rows[1]).toMatchObject({
      time_utc: '2026-06-01T00:00:00.125Z',
      duration_s: '0.1',
      protected: 'true',
      title: '',
      processed_path: '',
    });
  });
});

interface Field {
  readonly name: string;
  readonly type: string;
  readonly constraints?: {
    readonly required?: boolean;
    readonly unique?: boolean;
    readonly minimum?: number;
    readonly maximum?: number;
    readonly enum?: readonly string[];
    readonly pattern?: string;
  };
}

interface TableSchema {
  readonly fields: readonly Field[];
  readonly foreignKeys: readonly {
    readonly fields: string;
    readonly reference: { readonly resource: string; readonly fields: string };
  }[];
}

type Table = 'deployments' | 'media' | 'observations';
const SCHEMAS = JSON.parse(
  readFileSync(join(import.meta.dirname, '../../support/fixtures/camtrap-dp-1.0.2.json'), 'utf8'),
) as Record<Table, TableSchema>;

/** What of a data package breaks the published rules, in words. */
function faultsOf(packageRows: Record<Table, Record<string, string>[]>): string[] {
  const faults: string[] = [];
  for (const table of ['deployments', 'media', 'observations'] as const) {
    const { fields, foreignKeys } = SCHEMAS[table];
    const rows = packageRows[table];
    for (const name of Object.keys(rows[0] ?? {})) {
      if (!fields.some((field) => field.name === name)) faults.push(`${table}.${name} is unknown`);
    }
    for (const { name, type, constraints = {} } of fields) {
      const values = rows.map((row) => row[name] ?? '');
      if (constraints.unique === true && new Set(values).size < values.length) {
        faults.push(`${table}.${name} is not unique`);
      }
      for (const value of values) {
        const where = `${table}.${name} ${JSON.stringify(value)}`;
        if (value === '') {
          if (constraints.required === true) faults.push(`${where} is required`);
          continue;
        }
        const number = Number(value);
        const wellFormed: Record<string, boolean> = {
          number: Number.isFinite(number),
          integer: Number.isInteger(number),
          boolean: value === 'true' || value === 'false',
          datetime: /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(value),
        };
        if (wellFormed[type] === false) faults.push(`${where} is no ${type}`);
        if (constraints.minimum !== undefined && number < constraints.minimum) faults.push(where);
        if (constraints.maximum !== undefined && number > constraints.maximum) faults.push(where);
        if (constraints.enum?.includes(value) === false) faults.push(`${where} is not in the list`);
        const { pattern } = constraints;
        if (pattern !== undefined && !new RegExp(pattern).test(value)) faults.push(where);
      }
    }
    for (const { fields: name, reference } of foreignKeys) {
      const known = new Set(
        packageRows[reference.resource as Table].map((row) => row[reference.fields]),
      );
      for (const row of rows) if (!known.has(row[name])) faults.push(`${table}.${name} dangles`);
    }
  }
  return faults;
}

function readPackage(folder: string): Record<Table, Record<string, string>[]> {
  const read = (table: Table): Record<string, string>[] =>
    rowsOf(readFileSync(join(folder, `${table}.csv`), 'utf8'));
  return {
    deployments: read('deployments'),
    media: read('media'),
    observations: read('observations'),
  };
}

describe('an export as a data package', () => {
  it('keeps the published rules of Camtrap DP', async () => {
    const bench = exportBench();
    const first = bench.record({}, { title: '=1+1', notes: 'near the pond', protected: true });
    tag(bench, first.id, 'pond');
    const detection = detect(bench, first.id, 'Pipistrellus pipistrellus');
    detect(bench, first.id, 'noise');
    const second = bench.record({ after: [] }, { clockUnsynced: true });
    detect(bench, second.id, 'Parus major_Great Tit', 0);
    const done = await bench.run({ format: 'data_package' });
    expect(done).toMatchObject({ state: 'done', remarkCount: 0 });
    const tables = readPackage(done.folder);
    expect(faultsOf(tables)).toEqual([]);

    // Where the first was recorded its own metadata say; of the second the station's position is all that is known.
    expect(tables.deployments).toMatchObject([
      { deploymentID: 'mic-1', latitude: '52.5', longitude: '13.25', timestampIssues: 'false' },
      { deploymentID: 'mic-2', latitude: '48.1', longitude: '11.5', timestampIssues: 'true' },
    ]);
    expect(tables.media[0]).toMatchObject({
      deploymentID: 'mic-1',
      timestamp: '2026-05-01T12:00:01Z',
      fileMediatype: 'audio/wav',
      filePublic: 'false',
      favorite: 'true',
      mediaComments: "'=1+1\nnear the pond",
    });
    expect(JSON.parse(tables.media[0]!['exifData']!)).toMatchObject({
      sampleRateHz: 48_000,
      sha256: fileDigest(first.path),
      tags: 'pond',
    });
    for (const { filePath } of tables.media)
      expect(fileDigest(join(done.folder, filePath!))).toBeTruthy();
    expect(tables.observations).toMatchObject([
      {
        observationID: `detection-${String(detection)}`,
        mediaID: tables.media[0]!['mediaID'],
        eventStart: '2026-05-01T12:00:02Z',
        observationType: 'animal',
        scientificName: 'Pipistrellus pipistrellus',
        classificationMethod: 'machine',
        classifiedBy: 'batty 2',
        classificationProbability: '0.875',
        observationComments: '1.250 to 1.750 s from the start of the file',
      },
      { observationType: 'unclassified', scientificName: '', observationTags: 'noise' },
      { observationType: 'animal', scientificName: 'Parus major' },
    ]);

    const descriptor = JSON.parse(
      readFileSync(join(done.folder, 'datapackage.json'), 'utf8'),
    ) as Record<string, unknown>;
    expect(descriptor).toMatchObject({
      profile: expect.stringMatching(/camtrap-dp\/1\.0\.2\/camtrap-dp-profile\.json$/) as string,
      name: expect.stringMatching(/^[-a-z0-9._/]+$/) as string,
      contributors: [{ title: 'Waldstation', role: 'contributor' }],
      project: { captureMethod: ['timeLapse'], observationLevel: ['media'] },
      temporal: { start: '2026-05-01', end: '2026-05-01' },
      spatial: {
        type: 'MultiPoint',
        coordinates: [
          [13.25, 52.5],
          [11.5, 48.1],
        ],
      },
      taxonomic: [
        { scientificName: 'Parus major' },
        { scientificName: 'Pipistrellus pipistrellus' },
      ],
    });
    expect(descriptor['resources']).toMatchObject([
      { name: 'deployments', path: 'deployments.csv' },
      { name: 'media', path: 'media.csv' },
      { name: 'observations', path: 'observations.csv' },
    ]);
  });

  it('makes up no place for what was recorded elsewhere, and says which to fill in', async () => {
    const bench = exportBench();
    insertDevice(bench.connection, 'AudioMoth 24F3', { kind: 'imported' });
    bench.record(
      { after: [] },
      {
        device: 'AudioMoth 24F3',
        source: 'import',
        originalName: 'x.WAV',
        timeSource: 'file_time',
      },
    );
    const done = await bench.run({ format: 'data_package' });
    // When a file was last written may be when it was copied.
    expect(readPackage(done.folder).deployments).toMatchObject([{ timestampIssues: 'true' }]);
    expect(done.remarks).toEqual([
      {
        kind: 'position_unknown',
        recordingId: null,
        detail:
          'fill in latitude and longitude of AudioMoth-24F3-1 in deployments.csv before it is published',
      },
    ]);
    expect(faultsOf(readPackage(done.folder))).toEqual([
      'deployments.latitude "" is required',
      'deployments.longitude "" is required',
    ]);
  });
});

describe('an export of personal data', () => {
  it('holds everything about the selected recordings, nothing about others, and is in the audit log', async () => {
    const bench = exportBench();
    const { db } = bench.connection;
    const mine = bench.record({}, { title: 'my voice', notes: 'asked for it' });
    const other = bench.record({}, { title: 'somebody else' });
    tag(bench, mine.id, 'voice');
    detect(bench, mine.id, 'speech');
    detect(bench, other.id, 'not mine');
    const picture = 'derived/1/spectrogram.png';
    mkdirSync(dirname(join(bench.dataRoot, picture)), { recursive: true });
    writeFileSync(join(bench.dataRoot, picture), 'a picture');
    db.insert(derivedAssets)
      .values([
        {
          recordingId: mine.id,
          kind: 'spectrogram',
          version: 1,
          path: picture,
          sizeBytes: 9,
          createdAtMs: 0,
        },
        {
          recordingId: mine.id,
          kind: 'peaks',
          version: 1,
          path: 'derived/evicted',
          sizeBytes: 9,
          createdAtMs: 0,
        },
      ])
      .run();
    const { id: importId } = db
      .insert(imports)
      .values({ sources: ['/media'], options: { tags: [] }, state: 'done', createdAtMs: 0 })
      .returning()
      .get();
    const item = { importId, sizeBytes: 1, modifiedAtMs: 0, state: 'imported' as const };
    db.insert(importItems)
      .values([
        { ...item, path: '/media/mine.wav', recordingId: mine.id },
        { ...item, path: '/media/other.wav', recordingId: other.id },
      ])
      .run();
    const deletion = { paths: ['p'], sizeBytes: 1, deletedAtMs: 0, reason: 'r' };
    db.insert(deletions)
      .values([
        { ...deletion, recordingId: mine.id, mode: 'panic' },
        { ...deletion, recordingId: other.id, mode: 'age' },
      ])
      .run();
    const act = { atMs: 0, actor: 'page', action: 'recordings.purge', subject: 'asked' };
    db.insert(auditLog)
      .values([
        { ...act, newValue: { selection: { ids: [other.id, mine.id] } } },
        { ...act, newValue: { selection: { ids: [other.id] } } },
        { ...act, subject: `recording:${String(mine.id)}` },
      ])
      .run();

    const done = await bench.run({ format: 'personal_data', selection: { ids: [mine.id] } });
    expect(done).toMatchObject({ state: 'done', streams: ['raw', 'processed'], remarkCount: 0 });
    const read = (name: string): string => readFileSync(join(done.folder, name), 'utf8');
    const lines = (name: string): unknown[] =>
      read(name)
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as unknown);
    expect(lines('records.jsonl')).toMatchObject([
      {
        recording: { id: mine.id, title: 'my voice', notes: 'asked for it' },
        detections: [{ label: 'speech' }],
        derivedAssets: [{ path: picture }, { path: 'derived/evicted' }],
        tags: ['voice'],
      },
    ]);
    expect(lines('traces.jsonl')).toMatchObject([
      { table: 'deletions', row: { mode: 'panic' } },
      { table: 'import_items', row: { path: '/media/mine.wav' } },
      { table: 'audit_log', row: { newValue: { selection: { ids: [other.id, mine.id] } } } },
      { table: 'audit_log', row: { subject: `recording:${String(mine.id)}` } },
      { table: 'audit_log', row: { action: 'recordings.personal_data_export' } },
    ]);
    expect(read(`derived/${String(mine.id)}-spectrogram.png`)).toBe('a picture');
    for (const name of ['records.jsonl', 'recordings.csv']) {
      expect(read(name)).not.toMatch(/somebody else|not mine/);
    }
    expect(db.select().from(auditLog).all().slice(-2)).toMatchObject([
      {
        actor: 'page',
        action: 'recordings.personal_data_export',
        subject: done.folder,
        newValue: { selection: { ids: [mine.id] }, recordings: 1 },
      },
      { action: 'recordings.personal_data_exported', newValue: { state: 'done', skipped: 0 } },
    ]);
    expect(db.select().from(recordings).all()).toHaveLength(2);
  });
});
