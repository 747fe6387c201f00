// The far side of every contender: serves on the port that it is handed.
import { workerData } from "node:worker_threads";

const { serve } = await import(new URL(`./contenders/${workerData.contender}.mjs`, import.meta.url).href);
serve(workerData.port);
