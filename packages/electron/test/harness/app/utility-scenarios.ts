import { utilityProcess } from "electron";
import { utilityTransport } from "../../../src/main/index.ts";
import { ending, file, type Scenario } from "./scenario.ts";

const fork = () => utilityProcess.fork(file("utility.mjs"));

/** Main and a utility process. */
export const utilityScenarios: Record<string, Scenario> = {
  async "utility echoes"() {
    const child = fork();
    const before = child.eventNames().length;
    const transport = utilityTransport(child);
    const heard = new Promise((done) => transport.receive((message) => Array.isArray(message) && done(message)));
    const stranger = new Promise((done) => child.on("message", (message) => message.stranger && done(message)));
    transport.send({ map: new Map([[1, new Uint8Array([2])]]) });
    child.postMessage({ stranger: true });
    const [, echoed] = (await heard) as [string, { map: Map<number, Uint8Array> }];
    const met = await stranger;
    transport.close();
    child.removeAllListeners("message");
    const alive = child.pid !== undefined;
    child.kill();
    return { echoed: [...echoed.map], met, alive, before, after: child.eventNames().length };
  },
  async "utility exits"() {
    const transport = utilityTransport(fork);
    transport.receive(() => {});
    const end = ending(transport);
    transport.send("exit");
    return end;
  },
  async "utility throws"() {
    const transport = utilityTransport(fork);
    const end = ending(transport);
    transport.send("throw");
    return end;
  },
  async "utility whose file is missing"() {
    return ending(utilityTransport(() => utilityProcess.fork(file("no-such-file.mjs"), [], { stdio: "ignore" })));
  },
  async "utility is killed"() {
    const child = fork();
    const transport = utilityTransport(child);
    await new Promise((done) => {
      transport.receive(done);
      transport.send(1);
    });
    const end = ending(transport);
    process.kill(child.pid as number, "SIGKILL");
    return end;
  },
  async "utility of a factory ends with its transport"() {
    let child: ReturnType<typeof fork> | undefined;
    const transport = utilityTransport(() => (child = fork()));
    await new Promise((done) => {
      transport.receive(done);
      transport.send(1);
    });
    const exited = new Promise((done) => child?.once("exit", done));
    transport.close();
    await exited;
    return child?.eventNames().length;
  },
};
