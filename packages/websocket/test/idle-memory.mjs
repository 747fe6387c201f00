#!/usr/bin/env node
// Measures what an idle session costs a server, beside a bare `ws` server with as many connections:
//
//   node packages/websocket/test/idle-memory.mjs [sessions, default 2000]
//
// Each server is a process of its own; the clients are bare sockets in this one, which say hello and nothing more.
// Prints bytes per session (heap and resident set, after collection), the ratio to bare, and timers left.
import { fork } from "node:child_process";
import { fileURLToPath } from "node:url";
import { WebSocket } from "ws";

const limits = { calls: 1024, accepts: 0 };
const body = { session: "idle", codec: "json", carries: "text", moves: "none", maxMessage: 0, trusted: false };
const hello = JSON.stringify([0, 1, { ...body, features: [], ...limits }]);

/** Bytes per session of both servers, and the ratios. */
export async function idleMemory(sessions) {
  const bare = await measureIdle("bare", sessions);
  const portolan = await measureIdle("portolan", sessions);
  const ratio = (what) => Math.round((portolan[what] / bare[what]) * 100) / 100;
  return { bare, portolan, heapRatio: ratio("heap"), rssRatio: ratio("rss") };
}

async function measureIdle(kind, sessions) {
  const path = fileURLToPath(new URL("fixtures/idle-server.mjs", import.meta.url));
  const child = fork(path, [kind], { execArgv: ["--expose-gc"] });
  const port = await told(child);
  // The first ones load code and grow tables, and are not counted.
  const warm = await open(port, 100);
  const before = await ask(child);
  const sockets = await open(port, sessions);
  const after = await ask(child);
  for (const socket of [...warm, ...sockets]) socket.terminate();
  child.kill();
  const each = (what) => Math.round((after[what] - before[what]) / sessions);
  return { heap: each("heapUsed"), rss: each("rss"), timers: after.timers, sessions: after.count - before.count };
}

async function open(port, count) {
  const sockets = [];
  while (sockets.length < count) {
    const some = Math.min(200, count - sockets.length);
    sockets.push(...(await Promise.all(Array.from({ length: some }, () => openOne(port)))));
  }
  return sockets;
}

async function openOne(port) {
  const socket = new WebSocket(`ws://127.0.0.1:${port}`);
  await new Promise((resolve, reject) => socket.once("open", resolve).once("error", reject));
  const answer = new Promise((resolve) => socket.once("message", resolve));
  socket.send(hello);
  await answer;
  return socket;
}

function told(child) {
  return new Promise((resolve) => child.once("message", resolve));
}

function ask(child) {
  const answer = told(child);
  child.send("measure");
  return answer;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) console.log(await idleMemory(Number(process.argv[2] ?? 2_000)));
