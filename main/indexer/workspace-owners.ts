import { eq } from 'drizzle-orm';
import type { Clock } from '../clock/clock';
import type { Connection } from '../database/connection';
import { devices } from '../database/schema';
import type { Logger } from '../logging/logger';
import type { WorkspaceOwner } from './segment-reader';

/** Who a workspace's own run files say it belongs to. */
export interface RunWitness {
  readonly name: string;
  readonly displayName: string;
  readonly simulated: boolean;
}

/**
 * Finds the device of a workspace. Files outlive the database: where it has forgotten the device, the
 * row is made again from what the run files say, offline until the device is seen.
 */
export class WorkspaceOwners {
  readonly #connection: Connection;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #witness: (workspace: string) => Promise<RunWitness | null>;

  constructor(options: {
    connection: Connection;
    clock: Clock;
    logger: Logger;
    witness: (workspace: string) => Promise<RunWitness | null>;
  }) {
    this.#connection = options.connection;
    this.#clock = options.clock;
    this.#logger = options.logger;
    this.#witness = options.witness;
  }

  async ownerOf(workspace: string): Promise<WorkspaceOwner | null> {
    const { db } = this.#connection;
    const known = db
      .select({ device: devices.name, kind: devices.kind })
      .from(devices)
      .where(eq(devices.workspace, workspace))
      .get();
    if (known !== undefined) return { device: known.device, simulated: known.kind === 'simulated' };
    const witness = await this.#witness(workspace);
    if (witness === null) return null;
    const nowMs = this.#clock.wallMs();
    db.insert(devices)
      .values({
        name: witness.name,
        displayName: witness.displayName,
        kind: witness.simulated ? 'simulated' : 'usb',
        identityBasis: 'manual',
        presence: 'offline',
        enrollment: 'pending',
        enabled: false,
        matchReason: { outcome: 'added', score: 0, candidates: [] },
        workspace,
        // Not listed as a device until it is seen again: the row is there for its recordings.
        removedAtMs: nowMs,
        firstSeenAtMs: nowMs,
        lastSeenAtMs: nowMs,
      })
      .onConflictDoNothing()
      .run();
    this.#logger.warn(
      'device.remembered',
      'A device that the database had forgotten was found in its files.',
      {
        device: witness.name,
        workspace,
      },
    );
    return { device: witness.name, simulated: witness.simulated };
  }
}
