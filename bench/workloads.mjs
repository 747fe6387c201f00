// What is measured: each runs so many units against a side and checks what comes back. `least` and `most` bound the
// units of a round. `needs` is the verb that a side must have.

// Each record is one of its own, as rows of a database are: what is met twice crosses once.
const record = (id) => ({ id, name: "Ada Lovelace", tags: ["mathematics", "engines"], active: true });
const kilobyte = Object.fromEntries(Array.from({ length: 10 }, (_, id) => [`record${id}`, record(id)]));
const records = Array.from({ length: 650 }, (_, id) => record(id));

const workloads = [
  inFlight("1 in flight", 1, 4_000),
  inFlight("4 in flight", 4, 20_000),
  inFlight("16 in flight", 16, 40_000),
  inFlight("64 in flight", 64, 80_000),
  inFlight("1 000 in flight", 1_000, 80_000),
  objects("1 KB objects, 16 in flight", 16, 10_000, kilobyte, ({ record9 }) => record9.tags[1] === "engines"),
  objects("64 KB objects, 4 in flight", 4, 200, records, (list) => list.length === 650 && list[649].id === 649),
  copied("1 MB bytes copied", 1, 100),
  moved("1 MB bytes moved", 1, 4_000),
  copied("64 MB bytes copied", 64, 2),
  moved("64 MB bytes moved", 64, 4_000),
  whole("stream of small items", "stream", 100_000, 1),
  whole("callbacks, 64 at once", "callbacks", 10_000, 10),
];

const short = ["1 in flight", "64 in flight", "1 000 in flight", "1 KB objects, 16 in flight"];
const pushed = ["stream of small items", "callbacks, 64 at once"];

const carried = {
  "worker thread": workloads.map(({ name }) => name),
  "same thread": ["1 in flight", "64 in flight", ...pushed],
  WebSocket: [...short, ...pushed],
  "Chromium worker": [...short, "1 MB bytes copied", "1 MB bytes moved", ...pushed],
};

/** The rows of a carrier: each with its name, and the workload that it runs. */
export function rowsOf(carrier) {
  const chosen = workloads.filter(({ name }) => carried[carrier].includes(name));
  return chosen.map((workload) => ({ name: `${carrier}: ${workload.name}`, carrier, workload }));
}

function inFlight(name, lanes, most) {
  return echoing(
    { name, least: lanes * 4, most },
    lanes,
    (n) => n,
    (answer, n) => answer === n,
  );
}

function objects(name, lanes, most, value, right) {
  return echoing({ name, least: lanes * 2, most }, lanes, () => value, right);
}

function copied(name, megabytes, most) {
  const bytes = new Uint8Array(megabytes * 1024 * 1024);
  bytes[bytes.length - 1] = 7;
  return echoing(
    { name, least: 1, most },
    1,
    () => bytes,
    (answer) => answer !== bytes && answer.at(-1) === 7 && answer.length === bytes.length,
  );
}

function echoing(frame, lanes, value, right) {
  return {
    ...frame,
    needs: "echo",
    control: "raw",
    async run(side, units) {
      let next = 0;
      const lane = async () => {
        while (next < units) {
          const number = next++;
          const answer = await side.echo(value(number));
          if (!right(answer, number)) throw new Error("another value came back");
        }
      };
      await Promise.all(Array.from({ length: lanes }, lane));
    },
  };
}

function moved(name, megabytes, most) {
  const size = megabytes * 1024 * 1024;
  return {
    name,
    least: 1,
    most,
    needs: "move",
    control: "raw",
    async run(side, units) {
      let buffer = new ArrayBuffer(size);
      for (let done = 0; done < units; done++) {
        const sent = buffer;
        buffer = await side.move(buffer);
        if (sent.byteLength !== 0) throw new Error("the buffer was copied");
        if (buffer.byteLength !== size) throw new Error("another buffer came back");
      }
    },
  };
}

// So many at once, and again, up to `times`: what is over in a hundredth of a second is measured by chance.
function whole(name, needs, atOnce, times) {
  return {
    name,
    least: 64,
    most: atOnce * times,
    needs,
    control: "raw-push",
    async run(side, units) {
      for (let left = units; left > 0; left -= atOnce) await side[needs](Math.min(left, atOnce));
    },
  };
}
