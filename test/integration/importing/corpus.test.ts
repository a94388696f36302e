import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { animalSounds } from '../../support/corpus/animal-sounds';
import { makeCorpus } from '../../support/corpus/corpus';
import { importBench } from '../../support/import-bench';

const sounds = await animalSounds();
const paths = 'paths' in sounds ? sounds.paths : [];
const why = 'missing' in sounds ? `: ${sounds.missing}` : '';

describe(`real sounds in the formats and damages of the field${why}`, () => {
  it.skipIf(paths.length === 0)(
    'are accounted for, file by file, and kept sample by sample',
    async () => {
      const bench = importBench();
      const corpus = makeCorpus(bench.card, paths);
      const end = await bench.take();
      expect(end).toMatchObject({ state: 'done', problem: null });
      const report = Object.values(bench.report(end.id));
      const { files } = end;
      expect(report).toHaveLength(corpus.length);
      expect(Object.values(files).reduce((a, b) => a + b, 0)).toBe(corpus.length);
      expect(files).toMatchObject({ waiting: 0, failed: 0 });
      const byPath = new Map(report.map((item) => [item.path, item]));
      const rows = new Map(bench.rows().map((row) => [row['id'], row]));
      for (const { name, path, expected } of corpus) {
        const item = byPath.get(path);
        const said = `${name}: ${item?.state ?? 'not in the report'} ${item?.detail ?? ''}`;
        if (expected.kind === 'refused') {
          expect(item?.state, said).toBe('refused');
          expect(item?.detail, said).not.toBe('');
          continue;
        }
        const kept = expected.kind === 'repairable' ? 'repaired' : 'imported';
        expect([kept, 'duplicate'], said).toContain(item?.state);
        const row = rows.get(item?.recordingId);
        expect(row, said).toMatchObject({
          raw_sample_rate_hz: expected.sampleRateHz,
          raw_channels: expected.channels,
          raw_bits_per_sample: expected.bitsPerSample,
        });
        const bytes = readFileSync(join(bench.root, String(row!['raw_path'])));
        expect(bytes.includes(expected.audio), said).toBe(true);
        if (item?.state !== 'duplicate' && expected.kind === 'whole') {
          expect(bytes.equals(readFileSync(path)), said).toBe(true);
        }
      }
      // Most are recordings of their own: what is called a duplicate must not be a way out.
      expect(files.duplicate).toBeLessThan(corpus.length / 2);
      const again = await bench.take();
      expect(again.files).toMatchObject({
        imported: 0,
        repaired: 0,
        refused: files.refused,
        duplicate: corpus.length - files.refused,
      });
    },
  );
});
