import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fullTextQuery } from '@main/recordings/full-text';
import { RecordingSearch } from '@main/recordings/search';
import { insertDevice, insertRecording } from '../../support/sample-rows';
import { stationDatabase } from '../../support/station-database';

describe('what a person typed', () => {
  it('means its words, the last as the start of one', () => {
    expect(fullTextQuery('great  tit')).toBe('"great" "tit"*');
  });

  it('means nothing else, whatever the query language makes of it', () => {
    expect(fullTextQuery('NOT a OR b*')).toBe('"NOT" "a" "OR" "b*"*');
    expect(fullTextQuery('say "hi"')).toBe('"say" """hi"""*');
  });

  it.each(['', '  ', '-', '" *', '\u0000', '()', '...', '\u0301'])(
    '%j has no word in it',
    (text) => {
      expect(fullTextQuery(text)).toBeNull();
    },
  );

  it.each([
    ['NFC', 'NFD'],
    ['NFD', 'NFC'],
  ])('is found however its characters are put together: written %s, typed %s', (written, typed) => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    const id = insertRecording(connection, { device: 'mic', notes: '한글 é'.normalize(written) });
    const search = new RecordingSearch(connection.sqlite);
    for (const text of ['한글', 'é', '한']) {
      expect(search.ids({ filter: { text: text.normalize(typed) } })).toEqual([id]);
    }
  });

  it('is found as it is written, whatever it is', () => {
    const connection = stationDatabase();
    insertDevice(connection, 'mic');
    const search = new RecordingSearch(connection.sqlite);
    const unit = fc.oneof(
      fc.constantFrom(
        ...'" \' * ( ) ^ : - + { } < > \\ % _ # & | ; , . \t \n \0'.split(' '),
        ' ',
        'NOT ',
        'OR ',
        'NEAR(',
        'title:',
        'é',
        'ß',
        '中',
        '🦇',
        '\ud800',
      ),
      // Not all of Unicode: letters that are younger than SQLite's tables are none to it.
      fc.string({ unit: 'grapheme-ascii', maxLength: 3 }),
      fc.integer({ min: 0xa0, max: 0x5ff }).map((code) => String.fromCodePoint(code)),
    );
    fc.assert(
      fc.property(
        fc.array(unit, { maxLength: 12 }).map((parts) => parts.join('')),
        (text) => {
          if (connection.sqlite.inTransaction) connection.sqlite.exec('rollback');
          connection.sqlite.exec('begin');
          // Half a character cannot be stored, and what follows a zero is none of SQLite's.
          const stored = text.replaceAll(/\p{Surrogate}/gu, '').replaceAll('\0', ' ');
          const id = insertRecording(connection, {
            device: 'mic',
            notes: `before ${stored} after`,
          });
          const found = search.ids({ filter: { text } });
          const hasWords = fullTextQuery(text) !== null && !/\p{Surrogate}/u.test(text);
          if (hasWords && text.split(/\s+/).length < 20) expect(found).toEqual([id]);
          expect(search.count({ text })).toBe(found.length);
          connection.sqlite.exec('rollback');
        },
      ),
      { numRuns: 100, endOnFailure: true, examples: [['🦇\u03408']] },
    );
  });
});
