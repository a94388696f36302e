import { z } from 'zod';
import { messageOf } from '../error-message';

/** One detection as a command prints it; whatever else it tells of it is not kept. */
const printedSchema = z.object({
  /** Seconds from the start of the recording. */
  start: z.number().min(0),
  end: z.number().min(0),
  label: z.string().trim().min(1).max(200),
  /** 0 … 1. */
  confidence: z.number().min(0).max(1),
});

/** More are a fault of the command, and more than can be written at once. */
const MOST_DETECTIONS = 5_000;
const outputSchema = z.array(printedSchema).max(MOST_DETECTIONS);
const wrappedSchema = z.object({ detections: outputSchema });
/** Windows of models may reach beyond the end of the sound. Seconds. */
const BEYOND_END_S = 5;
const MOST_ISSUES = 3;

export type PrintedDetection = z.infer<typeof printedSchema>;

/** What a command printed is not what was agreed. */
export class OutputError extends Error {}

/**
 * Reads what a command printed: a JSON array of `{start, end, label, confidence}`, or an object that holds one as
 * `detections`.
 * @throws OutputError that says where
 */
export function readDetections(text: string, durationS: number): PrintedDetection[] {
  const value = parse(text);
  const list = Array.isArray(value)
    ? outputSchema.safeParse(value)
    : wrappedSchema.transform(({ detections }) => detections).safeParse(value);
  if (!list.success) {
    const told = list.error.issues
      .slice(0, MOST_ISSUES)
      .map(({ path, message }) => `${pathText(path)}: ${message}`);
    throw new OutputError(`What the command printed is not as agreed. ${told.join('; ')}`);
  }
  const detections = list.data.map((one) => ({ ...one, label: printable(one.label) }));
  for (const [index, { start, end, label }] of detections.entries()) {
    if (end < start) throw wrong(index, 'end', 'before its start');
    if (start > durationS + BEYOND_END_S) throw wrong(index, 'start', 'after the end of the sound');
    if (label === '') throw wrong(index, 'label', 'nothing that can be shown');
  }
  return detections;
}

function parse(text: string): unknown {
  if (text.trim() === '') throw new OutputError('The command printed nothing; expected JSON.');
  try {
    return JSON.parse(text);
  } catch (error) {
    const why = messageOf(error);
    throw new OutputError(`What the command printed is not JSON: ${why}`);
  }
}

function wrong(index: number, key: string, problem: string): OutputError {
  return new OutputError(
    `What the command printed is not as agreed. [${String(index)}].${key}: ${problem}`,
  );
}

function pathText(path: readonly PropertyKey[]): string {
  const text = path
    .map((part) => (typeof part === 'number' ? `[${String(part)}]` : `.${String(part)}`))
    .join('');
  return text === '' ? 'the whole' : text.replace(/^\./, '');
}

/** Labels are shown and searched for: no orders to a terminal, no line ends. */
function printable(label: string): string {
  return label.replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}\u2028\u2029]/gu, '').trim();
}
