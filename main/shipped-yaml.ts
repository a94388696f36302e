import { readFile } from 'node:fs/promises';
import { isAbsolute, relative } from 'node:path';
import { parseDocument } from 'yaml';
import type { z } from 'zod';
import { firstProblem } from './schema-problem';
import { StationError, type StationErrorCode } from './station-error';
import { messageOf } from './error-message';

/**
 * Reads a YAML file that ships with the station and validates it.
 * @throws StationError with `code`, in one sentence: file, key path, problem
 */
export async function readShippedYaml<Schema extends z.ZodType>(
  file: string,
  schema: Schema,
  code: StationErrorCode,
): Promise<z.infer<Schema>> {
  const fail = (problem: string, cause?: unknown): never => {
    throw new StationError(code, `${displayPath(file)}: ${problem}`, { cause });
  };
  let text: string;
  try {
    text = await readFile(file, 'utf8');
  } catch (error) {
    return fail(`cannot be read (${sentenceOf(error)})`, error);
  }
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error !== undefined) {
    const line = text.slice(0, error.pos[0]).split('\n').length;
    return fail(`line ${String(line)}: not valid YAML (${oneLine(error.message)})`, error);
  }
  let value: unknown;
  try {
    value = document.toJS();
  } catch (error) {
    return fail(`not valid YAML (${sentenceOf(error)})`, error);
  }
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const { path, problem } = firstProblem(result.error);
  return fail(path === '' ? problem : `${path}: ${problem}`, result.error);
}

/** As people name it: relative to where they stand, unless it lies elsewhere. */
export function displayPath(file: string): string {
  const path = relative(process.cwd(), file);
  return path === '' || path.startsWith('..') || isAbsolute(path) ? file : path;
}

function sentenceOf(error: unknown): string {
  return oneLine(messageOf(error));
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}
