import { callbackCases } from "./cases/callbacks.ts";
import { channelCases } from "./cases/channels.ts";
import { closingCases } from "./cases/closing.ts";
import { costCases } from "./cases/cost.ts";
import { deliveryCases } from "./cases/delivery.ts";
import { errorCases } from "./cases/errors.ts";
import { flowCases } from "./cases/flow.ts";
import { hostileCases } from "./cases/hostile.ts";
import { lifetimeCases } from "./cases/lifetimes.ts";
import { limitCases } from "./cases/limits.ts";
import { pipeliningCases } from "./cases/pipelining.ts";
import { promiseCases } from "./cases/promises.ts";
import { settlingCases } from "./cases/settling.ts";
import { streamCases } from "./cases/streams.ts";
import { timeCases } from "./cases/time.ts";
import { transferCases } from "./cases/transfers.ts";
import { transportCases } from "./cases/transport.ts";
import { valueCases } from "./cases/values.ts";
import type { ConformanceCase } from "./conformance-case.ts";

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
