import { RpcError } from "@portolan/protocol";

/** A thing a test may ask a context to do. What goes in and out is JSON. */
export type Commands = Record<string, (...args: never[]) => unknown>;

/** What a command came to. */
export type Outcome =
  | { readonly value: unknown }
  | { readonly error: { readonly code: string; readonly message: string; readonly delivered: string } };

/** Runs a command; errors become data. */
export async function runCommand(commands: Commands, name: string, args: unknown[]): Promise<Outcome> {
  try {
    const command = commands[name];
    if (!command) throw new Error(`no command ${name}`);
    return { value: (await command(...(args as never[]))) ?? null };
  } catch (thrown) {
    const { code, message, delivered } = RpcError.from(thrown);
    return { error: { code, message, delivered } };
  }
}

/** Lets the page's tests reach this isolated world: DOM events cross, globals do not. */
export function answerCommands(world: string, commands: Commands): void {
  document.addEventListener(`portolan-test:${world}`, async (event) => {
    const { id, name, args } = JSON.parse((event as CustomEvent<string>).detail) as {
      id: string;
      name: string;
      args: unknown[];
    };
    const outcome = await runCommand(commands, name, args);
    document.dispatchEvent(new CustomEvent(`portolan-test:done:${id}`, { detail: JSON.stringify(outcome) }));
  });
  document.documentElement.dataset[`portolan${world}`] = "ready";
}
