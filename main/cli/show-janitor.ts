import type { StationClient } from '@shared/contract';
import type { Deletion, JanitorPlan, JanitorStatus, StorageForecast } from '@shared/model/janitor';
import { counted, megabytes, type Output, printable, table } from './output';

/** What is asked of the janitor on a command line. */
export const JANITOR_WORDS = ['status', 'plan', 'run', 'history', 'forecast'] as const;
export type JanitorWord = (typeof JANITOR_WORDS)[number];

/** @param asked `dry`: of a run, only the plan */
export async function showJanitor(
  client: StationClient,
  asked: { readonly word: JanitorWord; readonly dry: boolean; readonly limit: number },
  json: boolean,
  output: Output,
): Promise<void> {
  const { word, dry, limit } = asked;
  const tell = (value: unknown, lines: readonly string[]): void => {
    if (json) output.out(JSON.stringify(value));
    else for (const line of lines) output.out(printable(line));
  };
  if (word === 'plan' || (word === 'run' && dry)) {
    const plan = await client.janitor.plan({ limit });
    tell(plan, planLines(plan));
  } else if (word === 'history') {
    const { items } = await client.janitor.history({ limit: Math.min(limit, 200) });
    tell(items, historyLines(items));
  } else {
    const status = await (word === 'run' ? client.janitor.run() : client.janitor.status());
    if (word === 'forecast') tell(status.forecast, forecastLines(status.forecast));
    else tell(status, [...statusLines(status), ...forecastLines(status.forecast)]);
  }
}

function statusLines(status: JanitorStatus): string[] {
  const { mode, bytes, inodes, thresholds, withoutRemotes, held, stuck, deleted, blind } = status;
  const { warning, critical, emergency } = thresholds;
  const limits = [warning, critical, emergency].map((limit) => `${String(limit)} %`).join(', ');
  const files =
    inodes === null ? '' : `; of its inodes ${inodes.usedPercent.toFixed(1)} % are used`;
  const lines = [
    `The disk is ${bytes.usedPercent.toFixed(1)} % full (${megabytes(bytes.free)} free)${files}. Mode: ${mode}; limits: ${limits}.`,
  ];
  if (withoutRemotes) lines.push('There is no remote: nothing has to be uploaded before it goes.');
  if (blind) lines.push('THE DATABASE DOES NOT ANSWER: in panic the oldest files go.');
  if (held !== null) lines.push(`NOTHING IS DELETED: ${held}`);
  if (stuck > 0) lines.push(`${counted(stuck, 'recording')} could not be deleted.`);
  const { recordings, unsaved } = deleted;
  if (recordings > 0) {
    const lost = unsaved === 0 ? '' : `; ${String(unsaved)} OF THEM HAD NO COPY`;
    lines.push(
      `Deleted by this console: ${counted(recordings, 'recording')}, ${megabytes(deleted.bytes)}${lost}.`,
    );
  }
  return lines;
}

function forecastLines(forecast: StorageForecast | null): string[] {
  if (forecast === null || forecast.writeBytesPerS === null) {
    return ['There is no forecast yet: too little was recorded.'];
  }
  const { writeBytesPerS, uploadBytesPerS, fullAt, firstLossAt, basisHours, confidence } = forecast;
  const rates = `${megabytes(writeBytesPerS)}/s recorded, ${megabytes(uploadBytesPerS ?? 0)}/s uploaded`;
  return [
    `Within the last ${basisHours.toFixed(1)} h: ${rates}. What follows is ${WORTH[confidence]}.`,
    `Full if nothing were deleted: ${fullAt ?? 'not in sight'}.`,
    `First recording deleted without a copy: ${firstLossAt ?? 'not in sight'}.`,
  ];
}

const WORTH = {
  none: 'not known',
  guess: 'a guess',
  rough: 'a rough idea',
  fair: 'a fair forecast',
} as const;

function planLines(plan: JanitorPlan): string[] {
  const { mode, wantedBytes, wantedFiles, items, recordings, more, bytes, kept, held } = plan;
  const wanted = [
    ...(wantedBytes > 0 ? [megabytes(wantedBytes)] : []),
    ...(wantedFiles > 0 ? [counted(wantedFiles, 'file')] : []),
  ].join(' and ');
  const lines = [
    recordings === 0
      ? `Mode: ${mode}. Nothing would be deleted.`
      : `Mode: ${mode}. ${more ? 'At least ' : ''}${counted(recordings, 'recording')} (${megabytes(bytes)}) would be deleted${wanted === '' ? '' : ` to free ${wanted}`}.`,
    ...(held === null ? [] : [`NOTHING IS DELETED: ${held}`]),
  ];
  if (items.length > 0) {
    const rows = items.map((item) => [
      String(item.recordingId),
      item.time,
      megabytes(item.sizeBytes),
      item.reason,
      item.safe ? 'yes' : 'NO',
      `${item.device}${item.protected ? ' (protected)' : ''}`,
    ]);
    lines.push(...table(['ID', 'TIME', 'SIZE', 'WHY', 'SAFE', 'DEVICE'], rows));
  }
  if (kept.length > 0) {
    const stays = kept.map(({ reason, recordings: count }) => `${String(count)} ${reason}`);
    lines.push(`As old or older, and kept: ${stays.join(', ')}.`);
  }
  return lines;
}

function historyLines(items: readonly Deletion[]): string[] {
  if (items.length === 0) return ['Nothing was deleted yet.'];
  const rows = items.map((item) => [
    item.at,
    item.recordingId === null ? '-' : String(item.recordingId),
    megabytes(item.sizeBytes),
    item.mode,
    item.reason,
    item.safe === null ? '?' : item.safe ? 'yes' : 'NO',
    item.explanation,
  ]);
  return table(['DELETED', 'ID', 'SIZE', 'MODE', 'WHY', 'SAFE', 'EXPLANATION'], rows);
}
