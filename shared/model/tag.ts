import { z } from 'zod';

/** In one form, whatever keyboard it was typed on: `é` is one tag. */
export const tagNameSchema = z.string().trim().normalize().min(1).max(64);
