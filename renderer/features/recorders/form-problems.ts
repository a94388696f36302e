import type { TFunction } from 'i18next';
import { describeError, fieldProblems } from '../../app/error-text';
import { fieldMessage } from '../../components/field-message';

/**
 * What the station said against a form, sorted to its fields. `rest` is the error itself when no field can
 * show it.
 */
export function formProblems(
  error: unknown,
  fields: readonly string[],
  t: TFunction,
): { readonly byField: ReadonlyMap<string, string>; readonly rest: unknown } {
  const byField = new Map<string, string>();
  if (error === null || error === undefined) return { byField, rest: null };
  const { key } = describeError(error);
  if (key === 'NOT_FOUND_profile') byField.set('profileSlug', t('issue.slug'));
  if (key === 'NOT_FOUND_file') byField.set('file', t('issue.fileMissing'));
  for (const problem of fieldProblems(error)) {
    if (fields.includes(problem.path) && !byField.has(problem.path)) {
      byField.set(problem.path, fieldMessage(problem, t));
    }
  }
  return { byField, rest: byField.size > 0 ? null : error };
}
