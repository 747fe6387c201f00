import { type ProcedureKey, procedureKey } from "./procedure-key.ts";

/** What `useMutation` takes. */
export interface MutationOptions<Input, Data> {
  readonly mutationKey: ProcedureKey;
  readonly mutationFn: (input: Input) => Promise<Data>;
}

/**
 * Options of a mutation that calls a procedure with one argument:
 * `useMutation(mutationOptions(client.users.rename))`. Mutations are not aborted:
 * whether they happened would be unknown.
 */
export function mutationOptions<Input, Data>(
  procedure: (input: Input) => PromiseLike<Data>,
): MutationOptions<Awaited<Input>, Data> {
  return {
    mutationKey: procedureKey(procedure),
    mutationFn: async (input) => procedure(input),
  };
}
