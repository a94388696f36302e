import { z } from 'zod';

/** An instant at an edge of the station: ISO 8601, UTC, always with `Z`. */
export const instantSchema = z.iso.datetime({ offset: false });

// Apart, for threads that are started anew and have no use for schemas.
export { toInstant } from './instant';
