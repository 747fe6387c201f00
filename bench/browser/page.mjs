// Measures in a page, against workers, and posts each row to the server that the page came from.
import { measureCarrier } from "../carrier-rows.mjs";
import { rowsOf } from "../workloads.mjs";
import { contenders } from "./contenders.mjs";

const { names, chosen, options } = await (await fetch("/task")).json();
const rows = rowsOf("Chromium worker").filter(({ name }) => chosen.includes(name));
const post = (path, body) => fetch(path, { method: "POST", body: JSON.stringify(body) });
try {
  await measureCarrier(
    rows,
    open,
    names.filter((name) => contenders[name]),
    options,
    (row) => post("/row", row),
  );
  await post("/end", {});
} catch (error) {
  await post("/end", { error: String(error?.stack ?? error) });
}

async function open(name) {
  const worker = new Worker("/worker.js", { type: "module" });
  const { port1, port2 } = new MessageChannel();
  worker.postMessage(name, [port2]);
  const { cannot, connect } = await contenders[name]();
  // Pages are not told what their threads cost.
  return { cannot, processorTime: () => Number.NaN, ...(await connect(port1)), end: () => worker.terminate() };
}
