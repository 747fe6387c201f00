import { serve } from "@portolan/server";
import { parentTransport } from "@portolan/worker-threads";
import { work } from "./work.ts";

serve(parentTransport(), work);
