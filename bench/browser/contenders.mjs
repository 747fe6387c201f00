/** Who can run in a page over a MessagePort. Written out, so that a bundler sees each import. */
export const contenders = {
  raw: () => import("../contenders/raw.mjs"),
  "raw-push": () => import("../contenders/raw-push.mjs"),
  portolan: () => import("../contenders/portolan.mjs"),
  comlink: () => import("../contenders/comlink.mjs"),
  birpc: () => import("../contenders/birpc.mjs"),
  capnweb: () => import("../contenders/capnweb.mjs"),
  comctx: () => import("../contenders/comctx.mjs"),
  kkrpc: () => import("../contenders/kkrpc.mjs"),
  orpc: () => import("../contenders/orpc.mjs"),
};
