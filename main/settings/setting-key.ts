import { z } from 'zod';
import { settingsSchema, type Settings, type SettingsSection } from '@shared/model/settings';
import { InvalidValueError, NotFoundError } from '../request-error';
import { firstProblem } from '../schema-problem';

/** The schema of one section: an object with a schema per key, and its cross-field rules. */
type SectionSchema = z.ZodObject<Record<string, z.ZodType>>;

const sectionSchemas: ReadonlyMap<string, SectionSchema> = new Map(
  Object.entries(settingsSchema.shape).map(([section, schema]) => [
    section,
    schema.unwrap() as unknown as SectionSchema,
  ]),
);

/** Every section's name, in the order of the schema. */
export const SETTINGS_SECTIONS = [...sectionSchemas.keys()] as SettingsSection[];

export interface SettingKey {
  readonly section: SettingsSection;
  readonly key: string;
  /** `section.key` */
  readonly full: string;
  readonly schema: z.ZodType;
}

/** The keys of one section. */
export function keysOf(section: SettingsSection): SettingKey[] {
  const { shape } = schemaOfSection(section);
  return Object.entries(shape).map(([key, schema]) => ({
    section,
    key,
    full: `${section}.${key}`,
    schema,
  }));
}

/** @throws NotFoundError when no setting has this name */
export function resolveSettingKey(full: string): SettingKey {
  const dot = full.indexOf('.');
  const section = full.slice(0, dot);
  const found = sectionSchemas.has(section)
    ? keysOf(section as SettingsSection).find((entry) => entry.full === full)
    : undefined;
  if (found === undefined) throw new NotFoundError('setting', full);
  return found;
}

/**
 * Validates one section with its cross-field rules.
 * @returns the section, normalised, or what is wrong with it
 */
export function validateSection(
  section: SettingsSection,
  values: Record<string, unknown>,
): { ok: true; values: Record<string, unknown> } | { ok: false; key: string; problem: string } {
  const result = schemaOfSection(section).safeParse(values);
  if (result.success) return { ok: true, values: result.data };
  const { path, problem } = firstProblem(result.error);
  return { ok: false, key: path, problem };
}

/**
 * A setting's value as a person types it on a command line: `3`, `true`, `null`, `Europe/Berlin`, or a
 * quoted string. Guided by the type that the setting has; whether it is allowed is for `set` to say.
 * @throws NotFoundError for an unknown setting, InvalidValueError for text that cannot be its type
 */
export function parseSettingValue(full: string, text: string): string | number | boolean | null {
  const { schema } = resolveSettingKey(full);
  const { type, nullable } = typeOf(schema);
  const quoted = /^(["'])(.*)\1$/s.exec(text)?.[2];
  if (quoted === undefined && nullable && text === 'null') return null;
  if (type === 'string') return quoted ?? text;
  const plain = quoted ?? text.trim();
  if (type === 'number' && /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(plain))
    return Number(plain);
  if (type === 'boolean' && (plain === 'true' || plain === 'false')) return plain === 'true';
  const expected = type === 'boolean' ? 'true or false' : 'a number';
  throw new InvalidValueError(
    full,
    `expected ${expected}${nullable ? ' or null' : ''}, received "${text}"`,
  );
}

/** The defaults that the schema itself holds. `resources/defaults.yml` says the same; a test compares. */
export function schemaDefaults(): Settings {
  return settingsSchema.parse({});
}

function schemaOfSection(section: SettingsSection): SectionSchema {
  const schema = sectionSchemas.get(section);
  if (schema === undefined) throw new NotFoundError('setting', section);
  return schema;
}

function typeOf(schema: z.ZodType): { type: 'string' | 'number' | 'boolean'; nullable: boolean } {
  let inner: unknown = schema;
  let nullable = false;
  while (inner instanceof z.ZodDefault || inner instanceof z.ZodNullable) {
    if (inner instanceof z.ZodNullable) nullable = true;
    inner = inner.unwrap();
  }
  if (inner instanceof z.ZodNumber) return { type: 'number', nullable };
  if (inner instanceof z.ZodBoolean) return { type: 'boolean', nullable };
  return { type: 'string', nullable };
}
