/** The module of a contender, by name. */
export function contender(name) {
  return import(new URL(`../contenders/${name}.mjs`, import.meta.url).href);
}

/** Processor time of this process, its threads included, in microseconds. */
export function processorTime() {
  const { user, system } = process.cpuUsage();
  return user + system;
}
