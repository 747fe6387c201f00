// The utility process of the tests: echoes main, and whoever main connects.
import { parentTransport, peerListener } from "../../../src/utility/index.ts";

const transport = parentTransport();
transport.receive((message) => {
  if (message === "exit") process.exit(7);
  if (message === "throw")
    setTimeout(() => {
      throw new Error("on purpose");
    });
  transport.send(["echo", message]);
});
process.parentPort.on("message", ({ data }) => {
  if (data?.stranger) process.parentPort.postMessage({ stranger: "heard" });
});
peerListener({ name: "utility" }).accept((peer) => {
  peer.receive((message) => peer.send(["utility heard", message, { ...peer.peer }]));
}, console.error);
