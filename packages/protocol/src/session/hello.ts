import type { Codec } from "../codec.ts";
import { RpcError } from "../error.ts";
import { type HelloBody, type HelloMessage, Kind, PROTOCOL_VERSION } from "../message.ts";
import type { Movable } from "../traits.ts";
import type { Transport } from "../transport.ts";
import { pack } from "../values/pack.ts";
import type { ReferenceReader, ReferenceWriter } from "../values/reference.ts";
import { unpack, type ValueLimits } from "../values/unpack.ts";
import { exceeded, type Limits } from "./limits.ts";

/** What one side says of itself. */
export interface Greeting {
  readonly session: string;
  readonly transport: Transport;
  readonly codec: Codec;
  readonly limits: Limits;
  readonly metadata: unknown;
  readonly contract: string | undefined;
}

/** Characters of the hash of a contract. */
const longestContract = 256;

/** Writes our hello. Throws RESOURCE_EXHAUSTED for too much metadata, INVALID_ARGUMENT for what is no plain data or no hash. */
export function writeHello(greeting: Greeting, answer: boolean): HelloMessage {
  const { session, transport, codec, limits, contract } = greeting;
  const { traits } = transport;
  // Whoever gives the contract itself is told here: the peer would only see a malformed hello.
  if (contract !== undefined && !(typeof contract === "string" && contract.length <= longestContract)) {
    const message = `contract: expected a hash of at most ${longestContract} characters`;
    throw new RpcError("INVALID_ARGUMENT", message, { delivered: "no" });
  }
  const body: HelloBody = {
    session,
    codec: codec.name,
    carries: traits.carries,
    moves: traits.moves,
    maxMessage: Number.isFinite(traits.maxMessage) ? traits.maxMessage : 0,
    trusted: true,
    features: [],
    calls: limits.calls,
    accepts: traits.trusted ? 0 : limits.message,
    ...(!traits.platformObjects && { platformObjects: false }),
    ...packMetadata(greeting.metadata, limits.metadata),
    ...(contract !== undefined && { contract }),
    ...(answer && { answer }),
  };
  return [Kind.hello, PROTOCOL_VERSION, body];
}

/** Why two sides cannot talk, if they cannot. */
export function mismatch([, version, body]: HelloMessage, codec: Codec): RpcError | undefined {
  if (version !== PROTOCOL_VERSION) {
    const [older, newer] = [PROTOCOL_VERSION, version].sort((a, b) => a - b);
    // Both ends show this sentence: it must be true on either.
    const message = `one side speaks protocol version ${newer}, the other one ${older}: update the side with ${older}`;
    return new RpcError("VERSION_MISMATCH", message, { delivered: "no" });
  }
  if (body.codec === codec.name) return undefined;
  const message = `one side uses the codec ${codec.name}, the other one ${body.codec}: give both the same`;
  return new RpcError("FAILED_PRECONDITION", message, { delivered: "no" });
}

/** What the peer presented. Throws RESOURCE_EXHAUSTED for too much of it. */
export function readMetadata({ metadata, metadataTable }: HelloBody, limit: number): unknown {
  if (metadata === undefined) return undefined;
  if (JSON.stringify([metadata, metadataTable]).length > limit + metadataOverhead)
    throw exceeded("bytes of metadata", limit);
  const limits = { depth: 64, nodes: limit, message: limit, bigintDigits: limit };
  return unpackPlain(metadata, metadataTable, "metadata", limits);
}

/** What the whole way moves: the least of what its parts do. */
export function narrowMoves(own: Movable, told: string): Movable {
  if (own === "none" || told === "all") return own;
  return told === "ports" ? "ports" : "none";
}

const metadataOverhead = 16;

function packMetadata(metadata: unknown, limit: number): Pick<HelloBody, "metadata" | "metadataTable"> {
  if (metadata === undefined) return {};
  const { data, table } = packPlain(metadata, "metadata");
  if (JSON.stringify([data, table]).length > limit + metadataOverhead) throw exceeded("bytes of metadata", limit);
  return table ? { metadata: data, metadataTable: table } : { metadata: data };
}

/** Packs plain data for any carrier. Throws INVALID_ARGUMENT for what crosses by reference. */
export function packPlain(value: unknown, root: string): ReturnType<typeof pack> {
  return pack(value, { level: "json", trusted: false, moves: "none", root, references: noReferences });
}

/** Reads plain data that {@link packPlain} wrote. */
export function unpackPlain(data: unknown, table: unknown, root: string, limits: ValueLimits | undefined): unknown {
  return unpack(data, table ?? null, { trusted: false, limits, references: noReferences, root });
}

const noReferences: ReferenceWriter & ReferenceReader = {
  recognise: () => undefined,
  write: refuse,
  read: refuse,
};

function refuse(kind: string): never {
  throw new RpcError("INVALID_ARGUMENT", `metadata cannot hold a ${kind}: give plain data`, { delivered: "no" });
}
