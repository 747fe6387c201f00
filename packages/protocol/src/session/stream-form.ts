/** What a stream is on both sides: an async iterable, a ReadableStream, a WritableStream. */

export const iterable = 0;
export const readable = 1;
export const writable = 2;
