// The thread that reads the database, from its source.
import './typescript-hooks.mjs';

await import('../../main/recordings/read-worker.ts');
