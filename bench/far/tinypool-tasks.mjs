// What tinypool runs in its thread.
import Tinypool from "tinypool";

export const echo = (value) => value;
export const moved = (buffer) => Tinypool.move(buffer);
