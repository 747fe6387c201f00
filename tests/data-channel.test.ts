import { createRequire } from "node:module";
import { describe, expect, it } from "vitest";
import { expectBounded, expectEnded, expectUploaded, fileSize } from "./data-channel-expectations.ts";
import {
  fillBuffersOf,
  loseFarEndOf,
  type PeerConnectionClass,
  sendEarlyOver,
  uploadOver,
} from "./data-channel-runs.ts";

/** Not imported, since its types do not compile with `skipLibCheck` off. */
const { RTCPeerConnection } = createRequire(import.meta.url)("node-datachannel/polyfill") as {
  RTCPeerConnection: PeerConnectionClass;
};

describe("a data channel of node-datachannel", () => {
  it("R-43 carries a file of 211 000 bytes with its progress, and nothing is left", async () => {
    expectUploaded(await uploadOver(RTCPeerConnection, fileSize));
  });

  it("is not filled beyond its mark, nor with larger messages than it takes", async () => {
    expectBounded(await fillBuffersOf(RTCPeerConnection));
  });

  it("takes messages while it still connects", async () => {
    expect(await sendEarlyOver(RTCPeerConnection)).toEqual([2, 3]);
  });

  it("ends the calls when the far connection closes", async () => {
    expectEnded(await loseFarEndOf(RTCPeerConnection));
  });
});
