#!/usr/bin/env node
/**
 * `portolan describe` and `portolan diff`: the contract of a release as a file, and what breaks the callers of the last one.
 * Everything about contracts is in `@portolan/server`; here are files, arguments and exit codes.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import { describeContract, diffContracts, parseDescription } from "@portolan/server";

const usage = `portolan describe <contract> [--out <file>]   writes what callers see of a contract or a router, as JSON
portolan diff <old> <new> [--strict]          names what changed for callers, and what breaks them

A contract is a module that exports one (api.js, or api.js#name where it exports several), or a file made by describe.
TypeScript needs a Node that strips types, 22.18 or newer; elsewhere give the built JavaScript.

diff exits with 0 when nothing breaks, 1 when something does (with --strict also when something cannot be compared), 2 when it
could not be run.`;

const labels = { breaking: "breaking", unknown: "cannot tell", compatible: "compatible" };

/** Said to whoever typed the command. */
class Misuse extends Error {}

try {
  const [text, code] = await run(process.argv.slice(2));
  // A module may have opened what keeps the process alive.
  process.stdout.write(text === "" ? "" : `${text}\n`, () => process.exit(code));
} catch (error) {
  const said = error instanceof Misuse ? `${error.message}` : (error?.stack ?? String(error));
  process.stderr.write(`${said}\n`, () => process.exit(2));
}

async function run(args) {
  const { values, positionals } = parsed(args);
  const [command, ...rest] = positionals;
  if (values.help || (command === undefined && rest.length === 0)) return [usage, values.help ? 0 : 2];
  if (command === "describe" && rest.length === 1) return describe(rest[0], values.out);
  if (command === "diff" && rest.length === 2) return diff(rest[0], rest[1], values.strict === true);
  throw new Misuse(`portolan ${positionals.join(" ")} is no command.\n\n${usage}`);
}

function parsed(args) {
  const options = { help: { type: "boolean", short: "h" }, out: { type: "string" }, strict: { type: "boolean" } };
  try {
    return parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new Misuse(`${error.message}\n\n${usage}`);
  }
}

async function describe(place, out) {
  const text = JSON.stringify(await load(place), null, 2);
  if (out === undefined) return [text, 0];
  writeFileSync(out, `${text}\n`);
  return ["", 0];
}

async function diff(before, now, strict) {
  const changes = diffContracts(await load(before), await load(now));
  const count = (verdict) => changes.filter((change) => change.verdict === verdict).length;
  const failed = count("breaking") > 0 || (strict && count("unknown") > 0);
  return [[...lines(changes), summary(count)].join("\n"), failed ? 1 : 0];
}

function lines(changes) {
  const shown = Object.keys(labels).flatMap((verdict) => changes.filter((change) => change.verdict === verdict));
  return shown.map(({ path, verdict, text }) => `${labels[verdict].padEnd(12)} ${path}  ${text}`);
}

function summary(count) {
  const parts = [`${count("breaking")} breaking`, `${count("compatible")} compatible`];
  if (count("unknown") > 0) parts.push(`${count("unknown")} that cannot be compared`);
  return `${parts.join(", ")}.`;
}

/** The description in a file, or that of what a module exports. */
async function load(place) {
  const [file, name] = place.split("#");
  if (file.endsWith(".json")) return readDescription(file);
  const exported = chosen(await imported(file), file, name);
  try {
    return await describeContract(exported);
  } catch (error) {
    throw new Misuse(`${place}: ${error.message}`);
  }
}

function readDescription(file) {
  try {
    return parseDescription(JSON.parse(readFileSync(file, "utf8")));
  } catch (error) {
    throw new Misuse(`${file}: ${error.message}`);
  }
}

async function imported(file) {
  try {
    return await import(pathToFileURL(resolve(file)));
  } catch (error) {
    if (error?.code === "ERR_UNKNOWN_FILE_EXTENSION")
      throw new Misuse(
        `${file}: Node ${process.version} loads no TypeScript. Give the built JavaScript, or use 22.18 or newer.`,
      );
    throw new Misuse(`${file} cannot be loaded: ${error?.stack ?? error}`);
  }
}

/** What of a module is meant: the name given, the default export, or the only export that could be a contract. */
function chosen(module, file, name) {
  const could = Object.keys(module).filter((key) => typeof module[key] === "object" && module[key] !== null);
  const wanted = name ?? (could.includes("default") || could.length !== 1 ? "default" : could[0]);
  if (could.includes(wanted)) return module[wanted];
  const others =
    could.length === 0 ? "It exports no object." : `Name one: ${could.map((key) => `${file}#${key}`).join(", ")}`;
  throw new Misuse(`${file} has no ${name === undefined ? "default export" : `export ${name}`}. ${others}`);
}
