// The far side of every contender that does not bring its own.
import { workerData } from "node:worker_threads";
import { contender } from "../carriers/contender.mjs";

const { serve } = await contender(workerData.name);
await serve(workerData.port);
