import { workerData } from "node:worker_threads";
import { serve } from "@portolan/server";
import { parentTransport } from "@portolan/worker-threads";
import { sampleApp } from "./sample-app.ts";
import { schemasOf } from "./sample-schemas.ts";

serve(parentTransport(), sampleApp(schemasOf[workerData as keyof typeof schemasOf]));
