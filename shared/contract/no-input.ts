import { z } from 'zod';

/** For procedures that need to be told nothing: whatever they are told is a mistake, and is answered as one. */
export const noInput = z.strictObject({}).optional();
