await import("@portolan/client"); await import("@portolan/worker-threads");
