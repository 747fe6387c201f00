/**
 * The integer that each kind of message begins with. Constants of their own, which
 * a bundler puts in place of their names; everybody else has them as `Kind`.
 */

export const hello = 0;
export const call = 1;
export const notify = 2;
export const resolve = 3;
export const reject = 4;
export const cancel = 5;
export const done = 6;
export const path = 7;
export const retain = 8;
export const release = 9;
export const settle = 10;
export const abort = 11;
export const items = 12;
export const end = 13;
export const fail = 14;
export const credit = 15;
export const stop = 16;
export const fragment = 17;
export const ping = 18;
export const pong = 19;
export const goodbye = 20;
