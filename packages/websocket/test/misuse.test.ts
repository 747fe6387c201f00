import { describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { webSocketConnector, webSocketTransport } from "../src/index.ts";
import { type WebSocketListenerOptions, webSocketListener } from "../src/server/index.ts";

const place = { port: 0, origins: [] as string[] };
/** As somebody without types, or with a configuration read from a file, may write them. */
const listen = (options: object) => () => webSocketListener({ ...place, ...options } as WebSocketListenerOptions);

describe("options of a listener that would be passed over, or mean more than was meant, throw", () => {
  it.each([
    [{ maxPayload: "1mb" }, /expected maxPayload to be bytes, fewer than 2 GiB, got "1mb"/],
    [{ maxPayload: 0 }, /maxPayload/],
    [{ maxPayload: 2 ** 32 }, /maxPayload/],
    [{ maxPayload: Number.NaN }, /maxPayload/],
    [{ maxPayLoad: 1024 }, /unknown option "maxPayLoad": did you mean "maxPayload"\?/],
    [{ allowNoOrigin: "false" }, /expected allowNoOrigin to be true or false, got "false"/],
    [{ allowNoOrigins: false }, /did you mean "allowNoOrigin"/],
    [{ hostname: "127.0.0.1" }, /unknown option "hostname": did you mean "host"\?/],
    [{ host: 127 }, /expected host to be an address, got 127/],
    [{ trusted: "no" }, /expected trusted to be true or false, got "no"/],
    [{ binary: "yes" }, /expected binary to be true or false/],
    [{ highWaterMark: "1mb" }, /expected highWaterMark to be bytes, got 1mb/],
  ])("%j", (options, message) => {
    expect(listen(options)).toThrow(TypeError);
    expect(listen(options)).toThrow(message);
  });

  it("and so does what is no object", () => {
    expect(() => webSocketListener(null as never)).toThrow("expected { origins } and a place, got null");
    expect(listen({ maxPayload: 2 ** 31 - 1, host: "127.0.0.1", trusted: false })).not.toThrow();
  });
});

it("options of a client that would be passed over throw", () => {
  const dial = (options: object) => () => webSocketConnector("ws://127.0.0.1:1", { WebSocket, ...options });
  expect(dial({ binry: true })).toThrow('unknown option "binry": did you mean "binary"?');
  expect(dial({ protocol: [] })).toThrow('unknown option "protocol": did you mean "protocols"?');
  expect(dial({ webSocket: WebSocket })).toThrow('unknown option "webSocket": did you mean "WebSocket"?');
  expect(dial({ backof: {} })).toThrow('unknown option "backof": did you mean "backoff"?');
  expect(dial({ trusted: 1 })).toThrow("expected trusted to be true or false, got 1");
  expect(dial({ binary: true, protocols: [], attempts: 1, lazy: true, highWaterMark: 1 })).not.toThrow();
  expect(() => webSocketTransport({} as never, { trused: true } as never)).toThrow('did you mean "trusted"?');
});
