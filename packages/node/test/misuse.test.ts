import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import {
  clusterListener,
  forkTransport,
  nativeMessagingListener,
  socketConnector,
  socketListener,
  socketTransport,
  spawnTransport,
  stdioTransport,
} from "../src/index.ts";

/** Each with options as somebody without types may write them. Whatever is started in spite of them is ended. */
const doors: Record<string, (options: never) => unknown> = {
  socketListener: (options: object) => socketListener({ port: 0, ...options }),
  socketConnector: (options) => socketConnector({ port: 1 }, options),
  socketTransport: (options) => socketTransport(new PassThrough() as never, options),
  spawnTransport: (options) => spawnTransport("true", [], options).close(),
  forkTransport: (options) => forkTransport(() => ({}) as never, options),
  stdioTransport: (options: object) =>
    stdioTransport({ input: new PassThrough(), output: new PassThrough(), ...options }).close(),
  clusterListener: (options) => clusterListener(options),
  nativeMessagingListener: (options) => nativeMessagingListener(options),
};

describe.each(Object.entries(doors))("%s", (_name, open) => {
  it("throws for trust that is misspelt, or neither true nor false", () => {
    expect(() => open({ trused: false } as never)).toThrow('unknown option "trused": did you mean "trusted"?');
    expect(() => open({ trusted: "false" } as never)).toThrow('expected trusted to be true or false, got "false"');
  });
});

it("options that would be passed over throw", () => {
  expect(() => nativeMessagingListener({ allowed: [] } as never)).toThrow('did you mean "allow"?');
  expect(() => spawnTransport("true", [], { onStdErr() {} } as never)).toThrow('did you mean "onStderr"?');
  expect(() => spawnTransport("true", { cwd: "/" } as never)).toThrow("expected a command, a list of its arguments");
  expect(() => stdioTransport({ input: process.stderr.fd as never })).toThrow("expected input to be a readable stream");
  for (const open of [socketListener, socketConnector]) {
    expect(() => open({ port: 0, hostname: "0.0.0.0" } as never)).toThrow('"hostname": did you mean "host"?');
    expect(() => open({ port: 0, host: 7 } as never)).toThrow("expected host to be an address, got 7");
  }
});
