import { z } from 'zod';

/** Types of remotes whose owner lets the station in with a browser. */
export const authorisedTypeSchema = z.enum(['drive', 'onedrive']);
export type AuthorisedType = z.infer<typeof authorisedTypeSchema>;

export const onedriveRegionSchema = z.enum(['global', 'us', 'de', 'cn']);

/** What a remote is added with: the token as the secret `token`, and options that the token tells. */
export const authorisationSchema = z.strictObject({
  token: z.string().min(1),
  options: z.record(z.string(), z.string()),
});
export type Authorisation = z.infer<typeof authorisationSchema>;

export const authorisationStepSchema = z.discriminatedUnion('step', [
  z.strictObject({
    step: z.literal('visit'),
    /** On this machine's loopback: for a browser that runs on the station itself. */
    address: z.string(),
    /** The station has opened it there already. */
    opened: z.boolean(),
  }),
  authorisationSchema.extend({ step: z.literal('done') }),
  z.strictObject({
    step: z.literal('failed'),
    problem: z.enum(['busy', 'refused', 'late', 'unusable', 'failed']),
    /** One English sentence, without secrets. */
    detail: z.string(),
  }),
]);
export type AuthorisationStep = z.infer<typeof authorisationStepSchema>;
