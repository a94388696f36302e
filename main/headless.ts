import { carryOut } from './cli/program';
import { processOutput } from './cli/output';
import { installationAt } from './installation';

// Whoever reads what we say may leave first (`… | head`); that is no reason to stop recording.
process.stdout.on('error', () => undefined);
process.stderr.on('error', () => undefined);

process.exitCode = await carryOut(
  process.argv.slice(2),
  installationAt(import.meta.dirname),
  processOutput,
);
