import { join } from 'node:path';

/** Where the parts of the machine are looked for; what is absent is in its usual place. */
interface MachineRoots {
  readonly hardwareRoots?: { readonly procRoot: string; readonly sysRoot: string };
  readonly runRoot?: string;
}

/**
 * `SILVASONIC_MACHINE_ROOT`: a folder whose `proc`, `sys` and `run` stand in for the machine's own where sound cards and
 * the state of the clock are looked for. For benches of a whole console on a machine without microphones.
 */
export function machineRoots(env: NodeJS.ProcessEnv): MachineRoots {
  const root = env['SILVASONIC_MACHINE_ROOT'];
  if (root === undefined || root === '') return {};
  return {
    hardwareRoots: { procRoot: join(root, 'proc'), sysRoot: join(root, 'sys') },
    runRoot: join(root, 'run'),
  };
}
