// The far side of a contender over WebSockets, and how much processor time it has taken.
import { createServer } from "node:http";
import { contender, processorTime } from "../carriers/contender.mjs";

const server = createServer();
const { serveSockets } = await contender(process.argv[2]);
await serveSockets(server);
server.listen(0, "127.0.0.1", () => process.send({ port: server.address().port }));
process.on("message", () => process.send(processorTime()));
process.on("disconnect", () => process.exit());
