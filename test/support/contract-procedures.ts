import { isContractProcedure } from '@orpc/contract';
import { contract } from '@shared/contract';

/** What is asked here of a schema; every zod schema answers it. */
interface Schema {
  readonly '~standard': {
    validate(
      value: unknown,
    ): Promise<{ readonly issues?: unknown }> | { readonly issues?: unknown };
  };
}

export interface NamedProcedure {
  /** E.g. `devices.addSimulated`. */
  readonly name: string;
  readonly inputSchema: Schema | undefined;
  readonly outputSchema: Schema | undefined;
  /** The errors it declares, by code. */
  readonly errors: Readonly<Record<string, unknown>>;
}

/** Every procedure of the contract, found by walking it. */
export function contractProcedures(): NamedProcedure[] {
  const walk = (node: unknown, path: readonly string[]): NamedProcedure[] => {
    if (isContractProcedure(node)) {
      const { inputSchema, outputSchema, errorMap } = node['~orpc'] as {
        inputSchema?: Schema;
        outputSchema?: Schema;
        errorMap: Record<string, unknown>;
      };
      return [{ name: path.join('.'), inputSchema, outputSchema, errors: errorMap }];
    }
    return Object.entries(node as Record<string, unknown>).flatMap(([key, child]) =>
      walk(child, [...path, key]),
    );
  };
  return walk(contract, []);
}

/** What lies at a dotted name: a procedure of a router, a function of a client. */
export function at(root: object, name: string): unknown {
  return name
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown>)[key], root);
}
