// The far side of the conformance kit in a utility process.
import { serveConformance } from "@portolan/conformance";
import { parentTransport, peerListener } from "@portolan/electron/utility";

serveConformance(parentTransport());
peerListener({ name: "conformance" }).accept((transport) => void serveConformance(transport), console.error);
