/**
 * Every error a person can meet, turned into the message keys of its text and advice. The station speaks in
 * codes from a closed list; this is the one place where they get words.
 */

/** Message keys below `error.`. */
export const ERROR_KEYS = [
  'BAD_REQUEST',
  'NOT_FOUND',
  'NOT_FOUND_device',
  'NOT_FOUND_recording',
  'NOT_FOUND_profile',
  'NOT_FOUND_setting',
  'NOT_FOUND_file',
  'CONFLICT',
  'CONFLICT_already_exists',
  'CONFLICT_in_use',
  'CONFLICT_seeded',
  'CONFLICT_not_removable',
  'NOT_FOUND_worker',
  'NOT_FOUND_export',
  'NOT_FOUND_change',
  'NOT_FOUND_remote',
  'CONFLICT_export_running',
  'NOT_FOUND_import',
  'CONFLICT_import_running',
  'CONFLICT_not_in_bin',
  'CONFLICT_reconciliation_running',
  'NOT_AVAILABLE',
  'NOT_AVAILABLE_no_window',
  'NOT_AVAILABLE_kiosk',
  'NOT_AVAILABLE_no_room',
  'NOT_AVAILABLE_database_damaged',
  'NOT_AVAILABLE_data_disk',
  'NOT_AVAILABLE_vault',
  'NOT_AVAILABLE_rclone',
  'NOT_AVAILABLE_remote',
  'NOT_AVAILABLE_login',
  'NOT_AVAILABLE_no_copy',
  'INVALID_VALUE',
  'NO_CONTACT',
  'INTERNAL_SERVER_ERROR',
  'UNKNOWN',
] as const;
export type ErrorKey = (typeof ERROR_KEYS)[number];

export interface DescribedError {
  readonly key: ErrorKey;
  /** English words from the source, for whoever repairs the station; empty when there are none. */
  readonly detail: string;
}

/** One field's complaint, by its path in the input. */
export interface FieldProblem {
  readonly path: string;
  readonly message: string;
  /** zod's issue code where the station sent one, e.g. `too_small`. */
  readonly code: string | null;
  readonly limit: number | null;
  /** What the limit counts, e.g. `string` for characters. */
  readonly origin: string | null;
}

function record(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isErrorKey(key: string): key is ErrorKey {
  return (ERROR_KEYS as readonly string[]).includes(key);
}

/** A call's contract error as `{ code, data }`; null for anything else that can be thrown. */
function answered(
  error: unknown,
): { code: string; message: string; data: Readonly<Record<string, unknown>> } | null {
  const source = record(error);
  if (source === null || typeof source.code !== 'string') return null;
  return { code: source.code, message: text(source.message), data: record(source.data) ?? {} };
}

export function describeError(error: unknown): DescribedError {
  const source = record(error);
  const name = text(source?.name);
  if (name === 'ContactLostError' || name === 'AbortError')
    return { key: 'NO_CONTACT', detail: '' };
  const answer = answered(error);
  if (answer === null) return { key: 'UNKNOWN', detail: text(source?.message) };
  const { code, data } = answer;
  const variant = text(data.what) === '' ? text(data.reason) : text(data.what);
  const specific = `${code}_${variant}`;
  const key = isErrorKey(specific) ? specific : isErrorKey(code) ? code : 'UNKNOWN';
  const detail =
    code === 'BAD_REQUEST'
      ? fieldProblems(error)
          .map((problem) => `${problem.path}: ${problem.message}`)
          .join('; ')
      : code === 'INVALID_VALUE'
        ? `${text(data.path)}: ${text(data.problem)}`
        : code === 'NOT_FOUND' || code === 'CONFLICT'
          ? text(data.id)
          : answer.message;
  return { key, detail };
}

/** The fields an answer complains about; empty when it is no complaint about fields. */
export function fieldProblems(error: unknown): readonly FieldProblem[] {
  const answer = answered(error);
  if (answer === null) return [];
  if (answer.code === 'INVALID_VALUE') {
    const message = text(answer.data.problem);
    return [{ path: text(answer.data.path), message, ...limitInWords(message) }];
  }
  if (answer.code !== 'BAD_REQUEST' || !Array.isArray(answer.data.issues)) return [];
  return answer.data.issues.map((entry: unknown) => {
    const issue = record(entry) ?? {};
    const path = Array.isArray(issue.path)
      ? issue.path
          .map((step: unknown) =>
            String(typeof step === 'object' && step !== null ? (record(step)?.key ?? '') : step),
          )
          .join('.')
      : '';
    const limit =
      issue.code === 'too_small' ? issue.minimum : issue.code === 'too_big' ? issue.maximum : null;
    return {
      path,
      message: text(issue.message),
      code: typeof issue.code === 'string' ? issue.code : null,
      limit: typeof limit === 'number' ? limit : null,
      origin: typeof issue.origin === 'string' ? issue.origin : null,
    };
  });
}

/**
 * `INVALID_VALUE` carries zod's sentence without its parts. Limits are taken out of it, so that people read
 * them in their language; a sentence of any other form is shown as it is.
 */
function limitInWords(message: string): Pick<FieldProblem, 'code' | 'limit' | 'origin'> {
  const match = /^Too (big|small): expected (\w+) to (?:be|have) [<>]=?(-?[\d.]+)/.exec(message);
  if (match === null) return { code: null, limit: null, origin: null };
  return {
    code: match[1] === 'big' ? 'too_big' : 'too_small',
    limit: Number(match[3]),
    origin: match[2] ?? null,
  };
}
