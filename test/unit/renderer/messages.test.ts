import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { contractErrors } from '@shared/contract/errors';
import { workerStatusSchema } from '@shared/model/analysis';
import { authorisationStepSchema } from '@shared/model/authorisation';
import { copySchema, custodyStateSchema } from '@shared/model/custody';
import {
  deviceKindSchema,
  enrollmentSchema,
  identityBasisSchema,
  matchReasonSchema,
} from '@shared/model/device';
import { integrityStatusSchema } from '@shared/model/integrity';
import {
  deletionReasonSchema,
  janitorModeSchema,
  keptReasonSchema,
  storageForecastSchema,
} from '@shared/model/janitor';
import { logLevelSchema } from '@shared/model/log';
import { sampleFormatSchema } from '@shared/model/profile';
import { integritySchema } from '@shared/model/recording';
import {
  captureErrorCodeSchema,
  desiredReasonSchema,
  recorderStateSchema,
} from '@shared/model/recorder';
import {
  cloudErrorCodeSchema,
  remoteStateSchema,
  remoteTestSchema,
  remoteTypeSchema,
} from '@shared/model/remote';
import { alertSchema, serviceStateSchema } from '@shared/model/station';
import { updateStatusSchema } from '@shared/model/update';
import { transferSchema } from '@shared/model/upload';
import { vaultFileStateSchema, vaultStatusSchema } from '@shared/model/vault';
import { describe, expect, test } from 'vitest';
import { ALERT_CODES } from '../../../renderer/app/alert-text';
import { ERROR_KEYS } from '../../../renderer/app/error-text';
import de from '../../../renderer/app/messages/de.json';
import en from '../../../renderer/app/messages/en.json';
import { fieldsOf } from '../../../renderer/features/cloud/remote-fields';

type Tree = { readonly [key: string]: string | Tree };

function flatten(tree: Tree, prefix = ''): Map<string, string> {
  const all = new Map<string, string>();
  for (const [key, value] of Object.entries(tree)) {
    if (typeof value === 'string') all.set(prefix + key, value);
    else for (const [path, text] of flatten(value, `${prefix}${key}.`)) all.set(path, text);
  }
  return all;
}

const messages = { en: flatten(en), de: flatten(de) };
const placeholders = (text: string): string[] =>
  [...text.matchAll(/\{\{(\w+)\}\}/g)].map((match) => match[1]!).sort();

test('both languages have the same keys, with the same placeholders', () => {
  expect([...messages.de.keys()]).toEqual([...messages.en.keys()]);
  for (const [key, text] of messages.en) {
    expect(placeholders(messages.de.get(key)!), key).toEqual(placeholders(text));
  }
});

test('no text is empty but advice where nothing needs doing', () => {
  for (const [language, all] of Object.entries(messages)) {
    const empty = [...all].filter(([, text]) => text.trim() === '').map(([key]) => key);
    expect(empty, language).toEqual([
      'desiredAdvice.should_record',
      'updateState.checking.advice',
      'updateState.up_to_date.advice',
      'updateState.available.advice',
    ]);
  }
});

describe('every closed list has words in both languages', () => {
  const withAdvice = (prefix: string, values: readonly string[]): string[] =>
    values.flatMap((value) => [`${prefix}.${value}.text`, `${prefix}.${value}.advice`]);
  const plain = (prefix: string, values: readonly string[]): string[] =>
    values.map((value) => `${prefix}.${value}`);
  const { NOT_FOUND, CONFLICT } = contractErrors;
  const lists: Record<string, string[]> = {
    'desired reasons': [
      ...plain('desiredReason', desiredReasonSchema.options),
      ...plain('desiredAdvice', desiredReasonSchema.options),
    ],
    'recorder states': plain('recorderState', recorderStateSchema.options),
    'capture errors': withAdvice('captureError', captureErrorCodeSchema.options),
    'contract errors': withAdvice('error', [
      'BAD_REQUEST',
      'INTERNAL_SERVER_ERROR',
      ...Object.keys(contractErrors),
      ...NOT_FOUND.data.shape.what.options.map((what) => `NOT_FOUND_${what}`),
      ...CONFLICT.data.shape.reason.options.map((reason) => `CONFLICT_${reason}`),
    ]),
    'errors the page can describe': withAdvice('error', ERROR_KEYS),
    'match outcomes': plain('matchOutcome', matchReasonSchema.shape.outcome.options),
    'device kinds': plain('deviceKind', deviceKindSchema.options),
    'identity bases': plain('identityBasis', identityBasisSchema.options),
    enrolments: plain('enrollment', enrollmentSchema.options),
    'sample formats': plain('sampleFormat', sampleFormatSchema.options),
    'service states': plain('serviceState', serviceStateSchema.options),
    'alert levels': plain('alertLevel', alertSchema.shape.level.options),
    'alert codes': withAdvice('alert', ALERT_CODES),
    'update states': withAdvice('updateState', updateStatusSchema.shape.state.options),
    'vault reasons': withAdvice('vaultReason', vaultStatusSchema.shape.reason.options),
    'places of credentials': plain('vaultBackend', vaultStatusSchema.shape.backend.options),
    'states of the encrypted file': withAdvice('vaultFile', vaultFileStateSchema.options),
    'keys of it': plain('vaultKey', vaultStatusSchema.shape.file.shape.key.options),
    'log levels': plain('logLevel', logLevelSchema.options),
    'states of the verification': plain(
      'integrityCondition',
      integrityStatusSchema.shape.state.options,
    ),
    'who pauses it': plain(
      'pausedBy',
      integrityStatusSchema.shape.paused.unwrap().shape.by.options,
    ),
    'results of it': plain('integrity', integritySchema.options),
    'states of workers': plain('workerState', workerStatusSchema.shape.state.options),
    'failures of the cloud': withAdvice('cloudError', cloudErrorCodeSchema.options),
    'kinds of remotes': plain('remoteType', remoteTypeSchema.options),
    'states of remotes': remoteStateSchema.options.flatMap((state) =>
      ['text', 'why'].map((part) => `remoteState.${state}.${part}`),
    ),
    'fields of remotes': remoteTypeSchema.options.flatMap((type) =>
      fieldsOf(type).flatMap(({ name }) => [
        `remoteField.${name}.label`,
        `remoteField.${name}.help`,
      ]),
    ),
    'steps of a test': plain(
      'remoteTest',
      remoteTestSchema.shape.steps.element.shape.step.options.map((step) => `step_${step}`),
    ),
    'problems of a login': plain(
      'authorisationProblem',
      authorisationStepSchema.options[2].shape.problem.options,
    ),
    'stages of transfers': plain('transferStage', transferSchema.shape.stage.options),
    'states of custody': custodyStateSchema.options.flatMap((state) =>
      ['text', 'short', 'why'].map((part) => `custodyState.${state}.${part}`),
    ),
    'states of copies': plain('copyState', copySchema.shape.state.options),
    'proofs of copies': plain('verifiedBy', copySchema.shape.verifiedBy.unwrap().options),
    'modes of the janitor': janitorModeSchema.options.flatMap((mode) =>
      ['text', 'why'].map((part) => `janitorMode.${mode}.${part}`),
    ),
    'reasons of deletions': plain('deletionReason', deletionReasonSchema.options),
    'reasons to stay': plain('keptReason', keptReasonSchema.options),
    'what a forecast rests on': plain(
      'storage',
      storageForecastSchema.shape.confidence.options.map((word) => `basis_${word}`),
    ),
  };
  test.each(Object.entries(lists))('%s', (_name, keys) => {
    for (const all of Object.values(messages)) {
      expect(keys.filter((key) => !all.has(key))).toEqual([]);
    }
  });

  test('every contract error code is one that the page can describe', () => {
    expect(
      Object.keys(contractErrors).filter(
        (code) => !(ERROR_KEYS as readonly string[]).includes(code),
      ),
    ).toEqual([]);
  });
});

describe('the code that uses the messages', () => {
  const root = join(import.meta.dirname, '../../../renderer');
  const sources = readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => /\.tsx?$/.test(file))
    .map((file) => readFileSync(join(root, file), 'utf8'))
    .join('\n');

  test('uses every message: none is left over', () => {
    // A key is used whole, or by a template such as `alert.${code}.text`.
    const patterns = [...sources.matchAll(/[`'"]((?:[\w.]|\$\{[^}]*\})+)[`'"]/g)].map(
      (match) => match[1]!,
    );
    const whole = new Set(patterns.filter((pattern) => !pattern.includes('${')));
    const templates = patterns
      .filter((pattern) => /^\w.*\$\{/.test(pattern))
      .map(
        (pattern) =>
          new RegExp(`^${pattern.replaceAll('.', '\\.').replace(/\$\{[^}]*\}/g, '.+')}$`),
      );
    const unused = [...messages.en.keys()].filter((key) => {
      const plain = key.replace(/_(zero|one|other)$/, '');
      return !whole.has(plain) && !templates.some((template) => template.test(plain));
    });
    expect(unused).toEqual([]);
  });

  test('brings no zod into the page: it would need eval, which the page forbids', () => {
    const valueImports = (text: string): string[] =>
      [...text.matchAll(/^import (?!type)[^;]*from '([^']*)'/gm)].map((match) => match[1]!);
    const shared = valueImports(sources).filter((from) => from.startsWith('@shared/'));
    // What both sides compute alike is imported from plain modules: ones that import nothing but types.
    const burdened = shared.filter((from) => {
      const file = join(import.meta.dirname, '../../..', `${from.replace('@shared', 'shared')}.ts`);
      return valueImports(readFileSync(file, 'utf8')).length > 0;
    });
    expect(burdened).toEqual([]);
    expect(valueImports(sources)).not.toContain('zod');
    expect(shared).toContain('@shared/model/zone-clock');
  });
});
