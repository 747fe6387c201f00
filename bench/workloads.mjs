// Each workload runs against one side of a contender and returns what it measured: units done, and per unit
// microseconds and processor microseconds. `needs` names what a contender must offer.

const small = 7;
const record = { id: 7, name: "Ada Lovelace", tags: ["mathematics", "engines"], active: true };

export const workloads = [
  {
    name: "1 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 1, 2_000 * scale, () => small),
  },
  {
    name: "4 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 4, 10_000 * scale, () => small),
  },
  {
    name: "16 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 16, 20_000 * scale, () => small),
  },
  {
    name: "64 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 64, 40_000 * scale, () => small),
  },
  {
    name: "1 000 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 1_000, 40_000 * scale, () => small),
  },
  {
    name: "1 KB objects, 16 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 16, 5_000 * scale, () => kilobyte),
  },
  {
    name: "64 KB objects, 4 in flight",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 4, 100 * scale, () => manyRecords),
  },
  {
    name: "1 MB bytes copied",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 1, 50 * scale, () => megabyte),
  },
  {
    name: "1 MB bytes moved",
    needs: "move",
    control: "raw",
    run: (side, scale) => moves(side, 100 * scale, 1024 * 1024),
  },
  {
    name: "64 MB bytes copied",
    needs: "echo",
    control: "raw",
    run: (side, scale) => calls(side, 1, 2 * scale, () => large),
  },
  {
    name: "stream of small items",
    needs: "stream",
    control: "raw-push",
    run: (side, scale) => once(50_000 * scale, (items) => side.stream(items)),
  },
  {
    name: "callbacks, 64 at once",
    needs: "callbacks",
    control: "raw-push",
    run: (side, scale) => once(10_000 * scale, (times) => side.callbacks(times)),
  },
];

const kilobyte = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`record${index}`, record]));
const manyRecords = Array.from({ length: 650 }, (_, id) => ({ ...record, id }));
const megabyte = new Uint8Array(1024 * 1024);
const large = new Uint8Array(64 * 1024 * 1024);

async function calls(side, inFlight, total, valueFor) {
  return measured(total, async () => {
    let left = total;
    const lane = async () => {
      while (left-- > 0) await side.echo(valueFor());
    };
    await Promise.all(Array.from({ length: inFlight }, lane));
  });
}

async function moves(side, total, bytes) {
  let buffer = new ArrayBuffer(bytes);
  return measured(total, async () => {
    for (let done = 0; done < total; done++) buffer = await side.move(buffer);
  });
}

async function once(total, run) {
  return measured(total, () => run(total));
}

async function measured(total, work) {
  const processor = process.cpuUsage();
  const start = performance.now();
  await work();
  const elapsed = (performance.now() - start) * 1000;
  const { user, system } = process.cpuUsage(processor);
  return { time: elapsed / total, cpu: (user + system) / total };
}
