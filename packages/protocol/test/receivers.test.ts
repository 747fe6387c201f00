import { expect, it } from "vitest";
import { defineTransport, type TransportEvents } from "../src/index.ts";

it("a receiver that takes over while a message is delivered hears the next one, not this one again", () => {
  let events: TransportEvents | undefined;
  const transport = defineTransport({
    traits: { carries: "clone" },
    open(given) {
      events = given;
      return { send: () => {}, close: () => {} };
    },
  });
  const [first, second]: unknown[][] = [[], []];
  const stop = transport.receive((message) => {
    first?.push(message);
    stop();
    transport.receive((next) => second?.push(next));
  });
  events?.message(1);
  events?.message(2);
  expect([first, second]).toEqual([[1], [2]]);
});
