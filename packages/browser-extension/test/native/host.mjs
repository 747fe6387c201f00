// A native messaging host with nothing but the protocol: 4 bytes of length, then JSON, on standard input and output.
import { defineTransport, openSession } from "@portolan/protocol";

const transport = defineTransport({
  traits: { carries: "json", trusted: true },
  open(events) {
    let rest = Buffer.alloc(0);
    process.stdin.on("data", (bytes) => {
      rest = Buffer.concat([rest, bytes]);
      while (rest.length >= 4 && rest.length >= 4 + rest.readUInt32LE(0)) {
        const end = 4 + rest.readUInt32LE(0);
        const text = rest.toString("utf8", 4, end);
        rest = rest.subarray(end);
        events.message(JSON.parse(text));
      }
    });
    process.stdin.on("end", () => events.end({ code: "UNAVAILABLE", message: "the browser is gone", by: "platform" }));
    return { send, close: () => process.stdin.destroy() };
  },
});

function send(message) {
  const text = Buffer.from(JSON.stringify(message));
  const length = Buffer.alloc(4);
  length.writeUInt32LE(text.length);
  process.stdout.write(Buffer.concat([length, text]));
}

openSession(transport, {
  expose: {
    reverse: (bytes) => bytes.toReversed(),
    pid: () => process.pid,
    leave: () => void setTimeout(() => process.exit(3), 10),
    each: async (items, visit) => Promise.all(items.map((item) => visit(item))),
  },
});
