import { runtimeListener } from "../../src/runtime-listener.ts";
import { serveCases } from "./far.ts";

const any = { origins: "any" } as const;
serveCases(runtimeListener({ allow: { pages: true, contentScripts: any, relayedPages: any } }));
