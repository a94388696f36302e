import { z } from 'zod';
import { firstProblem } from '../schema-problem';
import type { ProcessIdentity } from '../process/identity';
import { type CaptureConfig, captureConfigSchema } from './capture-config';
import type { RunAnchor } from './run-anchor';
import { messageOf } from '../error-message';

/** What must be known of a run to adopt, end or salvage it after the console has died. */
export interface RunRecord {
  readonly version: 1;
  readonly runId: string;
  /** Enough of the device to make its row again from the files alone. */
  readonly device: {
    readonly name: string;
    readonly displayName: string;
    readonly simulated: boolean;
    /** What the hardware calls itself; absent in records of older consoles. */
    readonly make?: string | null;
    readonly model?: string | null;
    readonly serial?: string | null;
  };
  readonly config: CaptureConfig;
  readonly configHash: string;
  /** null between planning the run and the process being there. */
  readonly process: ProcessIdentity | null;
  readonly startedWallMs: number;
  readonly startedMonotonicMs: number;
  /** Monotonic times compare only within one boot. Absent in records of older consoles. */
  readonly bootId?: string;
  /** Loopback UDP port of the live stream; null or absent: there is none. */
  readonly livePort?: number | null;
  readonly anchor: RunAnchor | null;
  /** A person wanted it to end while no console ran; absent: nobody did. */
  readonly asked?: { readonly wallMs: number; readonly why: string };
  readonly ended: { readonly wallMs: number; readonly why: string } | null;
}

const VERSION = 1;

const processSchema = z.object({ pid: z.number(), startTicks: z.number(), bootId: z.string() });

const anchorSchema = z.object({
  wallMs: z.number(),
  monotonicMs: z.number(),
  source: z.enum(['input', 'process_start']),
  synced: z.boolean().nullable(),
});

const versionSchema = z.object({ version: z.number() });

/** What a console of the same version adds later is kept: whoever rewrites a record takes nothing out of it. */
const runRecordSchema = z.looseObject({
  version: z.literal(VERSION),
  runId: z.string(),
  device: z.looseObject({
    name: z.string(),
    displayName: z.string(),
    simulated: z.boolean(),
    make: z.string().nullable().exactOptional(),
    model: z.string().nullable().exactOptional(),
    serial: z.string().nullable().exactOptional(),
  }),
  config: captureConfigSchema.loose(),
  configHash: z.string(),
  process: processSchema.nullable(),
  startedWallMs: z.number(),
  startedMonotonicMs: z.number(),
  bootId: z.string().exactOptional(),
  livePort: z.number().nullable().exactOptional(),
  anchor: anchorSchema.nullable(),
  asked: z.object({ wallMs: z.number(), why: z.string() }).exactOptional(),
  ended: z.object({ wallMs: z.number(), why: z.string() }).nullable(),
});

/** What a record says. */
export type RunReading =
  | { readonly state: 'known'; readonly record: RunRecord }
  /** There is none. */
  | { readonly state: 'absent' }
  /** A power cut or a disk made something of it that is no record. */
  | { readonly state: 'damaged'; readonly problem: string }
  /** A newer console wrote it: what it means is not for us to guess. */
  | { readonly state: 'newer'; readonly version: number };

/** @param text of a record; null: there is none */
export function parseRunRecord(text: string | null): RunReading {
  if (text === null) return { state: 'absent' };
  let parsed: unknown;
  try {
    parsed = JSON.parse(text);
  } catch (error) {
    return { state: 'damaged', problem: messageOf(error) };
  }
  const version = versionSchema.safeParse(parsed).data?.version ?? 0;
  if (version > VERSION) return { state: 'newer', version };
  const read = runRecordSchema.safeParse(parsed);
  if (read.success) return { state: 'known', record: read.data };
  const { path, problem } = firstProblem(read.error);
  return { state: 'damaged', problem: `${path}: ${problem}` };
}
