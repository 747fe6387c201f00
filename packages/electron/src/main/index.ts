/** @packageDocumentation Portolan in Electron's main process: its pages, its utility processes, and links between them. */
export type { Allow, AllowedPage } from "./allow.ts";
export { type ConnectFramesOptions, connectFrames, type FrameLink } from "./connect-frames.ts";
export type { RendererListenerOptions } from "./frame-policy.ts";
export type { FrameLike, LinkEnd, UtilityProcessLike, WebContentsLike, WindowLike } from "./frame-shapes.ts";
export { type PreloadOptions, type PreloadSession, registerPreload } from "./register-preload.ts";
export { rendererListener } from "./renderer-listener.ts";
export { type ServiceWorkerListenerOptions, serviceWorkerListener } from "./service-worker-listener.ts";
export type { ServiceWorkerLike, WorkerSessionLike } from "./service-worker-shapes.ts";
export { type UtilityTransportOptions, utilityTransport } from "./utility-transport.ts";
