import type { ConformanceCase } from "../conformance-case.ts";
import { callbackCases } from "./callbacks.ts";
import { channelCases } from "./channels.ts";
import { closingCases } from "./closing.ts";
import { costCases } from "./cost.ts";
import { deliveryCases } from "./delivery.ts";
import { errorCases } from "./errors.ts";
import { flowCases } from "./flow.ts";
import { hostileCases } from "./hostile.ts";
import { lifetimeCases } from "./lifetimes.ts";
import { limitCases } from "./limits.ts";
import { pipeliningCases } from "./pipelining.ts";
import { promiseCases } from "./promises.ts";
import { settlingCases } from "./settling.ts";
import { streamCases } from "./streams.ts";
import { timeCases } from "./time.ts";
import { transferCases } from "./transfers.ts";
import { transportCases } from "./transport.ts";
import { valueCases } from "./values.ts";

/** Every case of the kit, in the order in which they run. */
export const cases: readonly ConformanceCase[] = [
  ...transportCases,
  ...deliveryCases,
  ...closingCases,
  ...settlingCases,
  ...valueCases,
  ...errorCases,
  ...callbackCases,
  ...lifetimeCases,
  ...promiseCases,
  ...pipeliningCases,
  ...streamCases,
  ...flowCases,
  ...timeCases,
  ...transferCases,
  ...limitCases,
  ...channelCases,
  ...hostileCases,
  ...costCases,
];
