#!/usr/bin/env node
// Small calls beside a large upload: their latency, and how much both processes grow.
//
//   node bench/sockets/upload.mjs <"text", "binary" or "tcp"> [MiB, default 1024]
//
// Run it alone: what else the machine does shows in the 99th percentile.
import { fork } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { createClient } from "@portolan/client";
import { serve } from "@portolan/server";

const [kind = "text", mebibytes = "1024", side = "client"] = process.argv.slice(2);
const binary = kind === "binary";
const piece = new Uint8Array(64 * 1024).fill(7);
// Only what is measured: collections take longer with more code loaded.
const sockets = () => import("../../packages/node/dist/index.js");
const told = (from) => new Promise((resolve) => from.once("message", resolve));

if (side === "server") {
  const place = { port: 0, host: "127.0.0.1" };
  const server = serve(await listener(place), {
    add: (a, b) => a + b,
    async take(pieces) {
      let size = 0;
      for await (const { byteLength } of pieces) size += byteLength;
      return size;
    },
  });
  await server.ready;
  process.send(server.address.port);
  process.on("message", (message) => process.send(message === "begin" ? beginPeak() : peak()));
} else {
  const child = fork(fileURLToPath(import.meta.url), [kind, mebibytes, "server"]);
  const port = await told(child);
  const client = createClient(await connector(port));
  const idle = [];
  for (let call = 0; call < 2_000; call++) await timed(idle, client);
  // The first pieces compile what the others run.
  await client.take(pieces(32));
  child.send("begin");
  const theirs = await told(child);
  const ours = beginPeak();
  const began = performance.now();
  let uploading = true;
  const upload = client.take(pieces(Number(mebibytes))).finally(() => {
    uploading = false;
  });
  const beside = [];
  while (uploading) {
    await timed(beside, client);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  await upload;
  const seconds = (performance.now() - began) / 1000;
  child.send("end");
  console.log({
    kind,
    mebibytesPerSecond: Math.round(Number(mebibytes) / seconds),
    idleP99: percentile(idle),
    besideP99: percentile(beside),
    calls: beside.length,
    clientGrowthMiB: peak() - ours,
    serverGrowthMiB: (await told(child)) - theirs,
  });
  await client.close();
  child.kill();
}

async function listener(place) {
  if (kind === "tcp") return (await sockets()).socketListener(place);
  const { webSocketListener } = await import("@portolan/websocket/server");
  return webSocketListener({ ...place, origins: [], allowNoOrigin: true, binary });
}

async function connector(port) {
  if (kind === "tcp") return (await sockets()).socketConnector({ port });
  const [{ webSocketConnector }, { WebSocket }] = await Promise.all([import("@portolan/websocket"), import("ws")]);
  return webSocketConnector(`ws://127.0.0.1:${port}`, { WebSocket, binary });
}

async function* pieces(mebibytes) {
  for (let sent = 0; sent < mebibytes * 16; sent++) yield piece;
}

async function timed(times, client) {
  const began = performance.now();
  await client.add(1, 1);
  times.push(performance.now() - began);
}

function percentile(times) {
  const sorted = times.toSorted ? times.toSorted((a, b) => a - b) : [...times].sort((a, b) => a - b);
  return Math.round(sorted[Math.floor(sorted.length * 0.99)] * 100) / 100;
}

/** From here on Linux counts the largest resident set anew. Returns the present one, in MiB. */
function beginPeak() {
  writeFileSync("/proc/self/clear_refs", "5");
  return peak();
}

function peak() {
  return Math.round(Number(/VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8"))[1]) / 1024);
}
