import { checkTransportOptions, cloneInPieces, defineTransport, type Transport } from "@portolan/protocol";
import { extensionApi, type RuntimePortLike } from "./extension-api.ts";
import { openLine } from "./port-line.ts";
import { longestMessage } from "./port-transport.ts";

/** Who a native host is to us. */
export interface NativeTransportOptions {
  /** Whether the host is as trusted as our own code. Default true: the user installed it beside the browser. */
  readonly trusted?: boolean;
}

/**
 * Starts the native messaging host of this name, and speaks JSON with it; the host
 * serves `nativeMessagingListener()` of `@portolan/node`. The extension needs the
 * `nativeMessaging` permission. Closing ends the host. Ends with UNAVAILABLE, and
 * what the browser says, when the host is missing, forbidden, or exits
 * (https://developer.chrome.com/docs/extensions/develop/concepts/native-messaging).
 */
export function nativeTransport(name: string, options: NativeTransportOptions = {}): Transport {
  checkTransportOptions(options);
  const { runtime } = extensionApi();
  if (!runtime.connectNative)
    throw new TypeError('expected the permission "nativeMessaging", found no runtime.connectNative');
  const line = openLine(runtime.connectNative(name) as RuntimePortLike, `the native host ${name}`);
  return defineTransport({
    traits: { carries: "json", maxMessage: longestMessage, trusted: options.trusted ?? true },
    codec: cloneInPieces(),
    peer: { kind: "extension-native-host", name },
    port: line.port,
    open(events) {
      line.message = (message) => events.message(message);
      line.end = (reason) => events.end(reason);
      return { send: (message) => line.port.postMessage(message), close: () => line.close() };
    },
  });
}
