import { parseNumber } from '../../app/format/numbers';

type Read<T> = { readonly value: T } | { readonly problem: string };

export function readNumber(text: string, problem: string): Read<number> {
  const value = parseNumber(text);
  return value === null ? { problem } : { value };
}

/** An empty field means "not known". */
export function readOptionalNumber(text: string, problem: string): Read<number | null> {
  return text.trim() === '' ? { value: null } : readNumber(text, problem);
}

export function readOptionalText(text: string): Read<string | null> {
  const trimmed = text.trim();
  return { value: trimmed === '' ? null : trimmed };
}
