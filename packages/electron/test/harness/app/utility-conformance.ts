// The far side of the conformance kit in a utility process.
import { serveConformance } from "@portolan/conformance";
import { parentTransport, peerListener } from "../../../src/utility/index.ts";

const transport = parentTransport();
// Nothing else tells main that this end has closed. What was posted last needs a moment to leave.
transport.onClose(() => setTimeout(() => process.exit(), 50));
serveConformance(transport);
peerListener({ name: "conformance" }).accept((transport) => void serveConformance(transport), console.error);
