import type { IncomingMessage } from "node:http";

/** Whether this runtime makes `headers` anew from `rawHeaders` when they are asked for; found out with the first request. */
let remakes: boolean | undefined;

/**
 * Lets go of a request's parsed headers, which Node makes again from the raw ones when
 * somebody asks: connections stay for days, and few ask twice. Where a runtime does
 * not, nothing changes.
 */
export function lightenRequest(request: IncomingMessage): void {
  if (remakes === false) return;
  const { headers } = request;
  forget(request, undefined);
  if (remakes) return;
  const again: IncomingMessage["headers"] | undefined = request.headers;
  remakes = again !== headers && again?.host === headers.host;
  forget(request, remakes ? undefined : headers);
}

function forget(request: { headers: unknown }, instead: unknown): void {
  request.headers = instead;
}
