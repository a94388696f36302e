// The import's thread as tests start it: plain Node runs its TypeScript, whose imports name no file ending.
import './typescript-hooks.mjs';

await import('../../main/importing/import-worker.ts');
