// content.ts, or popup.ts with OwnApi

import { createClient } from "@portolan/client";
import { runtimeConnector } from "../../src/index.ts";
import type { ContentApi } from "./background.js";

const background = createClient<ContentApi>(runtimeConnector());
void background.save("a note").then((length) => console.log(length));
