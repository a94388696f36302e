import { type AnyContractProcedure, isContractProcedure } from '@orpc/contract';
import { contract } from '@shared/contract';

export interface NamedProcedure {
  /** E.g. `devices.addSimulated`. */
  readonly name: string;
  readonly procedure: AnyContractProcedure;
}

/** Every procedure of the contract, found by walking it. */
export function contractProcedures(): NamedProcedure[] {
  const walk = (node: unknown, path: readonly string[]): NamedProcedure[] => {
    if (isContractProcedure(node)) return [{ name: path.join('.'), procedure: node }];
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
