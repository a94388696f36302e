import type { SettingsSection } from '@shared/model/settings';
import { firstProblem } from '../schema-problem';
import { keysOf, validateSection } from './setting-key';

/** A stored value that cannot be used. The default stands in for it; the stored one stays untouched. */
export interface SettingProblem {
  /** `section.key`, or the section alone when its whole row is unreadable. */
  readonly key: string;
  readonly problem: string;
}

export interface EffectiveSection {
  readonly values: Record<string, unknown>;
  readonly problems: readonly SettingProblem[];
}

/**
 * What a stored section means: each stored value where it is valid, the default elsewhere. Where the values
 * are valid one by one but not together, the fewest of them give way.
 */
export function effectiveSection(
  section: SettingsSection,
  stored: Record<string, unknown>,
  defaults: Record<string, unknown>,
): EffectiveSection {
  const values: Record<string, unknown> = { ...defaults };
  const problems: SettingProblem[] = [];
  const taken: string[] = [];
  for (const { key, full, schema } of keysOf(section)) {
    if (!Object.hasOwn(stored, key)) continue;
    const result = schema.safeParse(stored[key]);
    if (result.success) {
      values[key] = result.data;
      taken.push(key);
    } else {
      problems.push({ key: full, problem: firstProblem(result.error).problem });
    }
  }
  const together = validateSection(section, values);
  if (together.ok) return { values: together.values, problems };
  for (const yielding of subsetsBySize(taken)) {
    const attempt = { ...values };
    for (const key of yielding) attempt[key] = defaults[key];
    const result = validateSection(section, attempt);
    if (!result.ok) continue;
    for (const key of yielding) {
      problems.push({ key: `${section}.${key}`, problem: together.problem });
    }
    return { values: result.values, problems };
  }
  return {
    values: { ...defaults },
    problems: [...problems, { key: section, problem: together.problem }],
  };
}

/** Subsets of 1, 2, … elements. Sections have at most a dozen keys, and this runs only for a broken one. */
function* subsetsBySize(keys: readonly string[]): Generator<string[]> {
  for (let size = 1; size <= keys.length; size++) yield* choose(keys, size);
}

function* choose(keys: readonly string[], size: number): Generator<string[]> {
  if (size === 0) {
    yield [];
    return;
  }
  for (const [index, key] of keys.entries()) {
    for (const rest of choose(keys.slice(index + 1), size - 1)) yield [key, ...rest];
  }
}
