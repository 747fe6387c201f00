// What piscina runs in its thread.
import { move } from "piscina";

export const echo = (value) => value;
export const moved = (buffer) => move(buffer);
