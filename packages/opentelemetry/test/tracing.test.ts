import { context, propagation, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import { AsyncLocalStorageContextManager } from "@opentelemetry/context-async-hooks";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import {
  BasicTracerProvider,
  InMemorySpanExporter,
  type ReadableSpan,
  SimpleSpanProcessor,
} from "@opentelemetry/sdk-trace-base";
import { openSession, RpcError, transportPair } from "@portolan/protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { tracing } from "../src/index.ts";

const exporter = new InMemorySpanExporter();
const provider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(exporter)] });

beforeAll(() => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  trace.setGlobalTracerProvider(provider);
});

afterEach(() => exporter.reset());

afterAll(() => {
  trace.disable();
  propagation.disable();
  context.disable();
});

const api = {
  add: (a: number, b: number) => a + b,
  find() {
    throw new RpcError("NOT_FOUND", "no such thing");
  },
  inside: () => trace.getActiveSpan()?.spanContext().traceId,
  each: (callback: (value: number) => Promise<number>) => callback(7),
  async *count(upTo: number) {
    for (let number = 1; number <= upTo; number++) yield trace.getActiveSpan()?.spanContext().traceId;
  },
  users: { byName: (name: string) => ({ orders: { latest: () => `an order of ${name}` } }) },
};

describe("tracing", () => {
  it("O-27 F-32 joins the span of a call with the span of its handler", async () => {
    const { client, close } = open();
    expect(await client.add(1, 2)).toBe(3);
    const [server, caller] = spans("add");
    expect([server?.kind, caller?.kind]).toEqual([SpanKind.SERVER, SpanKind.CLIENT]);
    expect(server?.parentSpanContext?.spanId).toBe(caller?.spanContext().spanId);
    expect(caller?.attributes).toMatchObject({ "rpc.system": "portolan", "rpc.method": "add" });
    await close();
  });

  it("F-32 lets the handler see its span, and the caller's own span be its grandparent", async () => {
    const { client, close } = open();
    const tracer = trace.getTracer("test");
    const traceId = await tracer.startActiveSpan("page", async (page) => {
      const inside = await client.inside();
      page.end();
      expect(inside).toBe(page.spanContext().traceId);
      return inside;
    });
    expect(new Set(exporter.getFinishedSpans().map((span) => span.spanContext().traceId))).toEqual(new Set([traceId]));
    await close();
  });

  it("records the code and the error of a call that fails, at both ends", async () => {
    const { client, close } = open();
    await expect(client.find()).rejects.toMatchObject({ code: "NOT_FOUND" });
    for (const span of spans("find")) {
      expect(span.status.code).toBe(SpanStatusCode.ERROR);
      expect(span.attributes["rpc.portolan.status_code"]).toBe("NOT_FOUND");
    }
    await close();
  });

  it("ends the span of a stream with the stream, and makes its items inside it", async () => {
    const { client, close } = open();
    const seen: unknown[] = [];
    for await (const item of client.count(3)) seen.push(item);
    const [server, caller] = spans("count");
    expect(seen).toEqual(Array(3).fill(server?.spanContext().traceId));
    expect([server?.attributes["rpc.portolan.items"], caller?.attributes["rpc.portolan.items"]]).toEqual([3, 3]);
    for await (const _ of client.count(1_000)) break;
    expect(spans("count")).toHaveLength(4);
    await close();
  });

  it("traces callbacks and calls on results too", async () => {
    const { client, close } = open();
    expect(await client.each(async (value) => value * 2)).toBe(14);
    expect(await client.users.byName("ada").orders.latest()).toBe("an order of ada");
    const names = exporter.getFinishedSpans().map(({ name }) => name);
    expect(names.filter((name) => name === "(function)").length).toBeGreaterThanOrEqual(2);
    await close();
  });

  it("reads no trace context from metadata that is no object, and leaves such metadata alone", async () => {
    const [near, far] = transportPair();
    const seen: unknown[] = [];
    const interceptors = {
      incoming: [
        (call: { metadata: unknown }, next: () => Promise<unknown>) => {
          seen.push(call.metadata);
          return next();
        },
        ...tracing().incoming,
      ],
    };
    const server = openSession(far, { expose: api, interceptors });
    const client = openSession<typeof api>(near, {
      interceptors: { outgoing: [(call, next) => next({ ...call, metadata: "mine" }), ...tracing().outgoing] },
    });
    expect(await (client.remote as unknown as Client).add(1, 2)).toBe(3);
    expect(seen).toEqual(["mine"]);
    await client.close();
    await server.closed;
  });
});

interface Client {
  add(a: number, b: number): Promise<number>;
  find(): Promise<never>;
  inside(): Promise<string | undefined>;
  each(callback: (value: number) => Promise<number>): Promise<number>;
  count(upTo: number): AsyncIterable<unknown>;
  users: { byName(name: string): { orders: { latest(): Promise<string> } } };
}

function open() {
  const [near, far] = transportPair();
  const server = openSession(far, { expose: api, interceptors: tracing() });
  const session = openSession(near, { interceptors: tracing() });
  const close = async () => {
    await session.close();
    await server.closed;
  };
  return { client: session.remote as Client, close };
}

function spans(name: string): readonly ReadableSpan[] {
  return exporter.getFinishedSpans().filter((span) => span.name === name);
}
