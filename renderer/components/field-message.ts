import type { TFunction } from 'i18next';
import type { FieldProblem } from '../app/error-text';

/** What to write under a field that the station complained about, in the reader's language. */
export function fieldMessage(problem: FieldProblem, t: TFunction): string {
  const { code, limit, origin, path } = problem;
  const characters = origin === 'string';
  switch (code) {
    case 'too_small':
      if (limit === null) break;
      if (characters && limit === 1) return t('issue.required');
      return characters ? t('issue.too_small_text', { limit }) : t('issue.too_small', { limit });
    case 'too_big':
      if (limit === null) break;
      return characters ? t('issue.too_big_text', { limit }) : t('issue.too_big', { limit });
    case 'invalid_type':
      return t('issue.invalid_type');
    default:
      break;
  }
  if (code !== null) {
    if (path === 'pcm') return t('issue.pcm');
    if (path === 'profileSlug') return t('issue.slug');
    if (path === 'file') return t('issue.file');
  }
  if (path === 'updates.feed_url') return t('issue.feedUrl');
  return t('issue.notAllowed', { problem: problem.message });
}
