// What the far side does with a callback, the same for every contender: rounds of 64 at once, each answer checked.

/** Calls `one` that many times, 64 at once. `one` answers its number, doubled. */
export async function callInWaves(times, one) {
  for (let done = 0; done < times; done += 64) {
    const wave = Array.from({ length: Math.min(64, times - done) }, (_, index) => done + index);
    const answers = await Promise.all(wave.map((number) => one(number)));
    for (const [index, number] of wave.entries()) {
      if (answers[index] !== number * 2) throw new Error(`callback ${number} answered ${answers[index]}`);
    }
  }
}

/** What the near side gives as a callback. */
export const double = (number) => number * 2;

/** Pushes items through a callback, where a library has no streams: waits for the answers of 64 before it goes on. */
export async function pushInWaves(items, push) {
  for (let item = 0; item < items; item += 64) {
    await Promise.all(Array.from({ length: Math.min(64, items - item) }, (_, index) => push(item + index)));
  }
}

/** Takes a stream's items one by one, and checks that they came in order and to the end. */
export function tally(items) {
  let next = 0;
  return {
    take(item) {
      if (item !== next++) throw new Error(`item ${item} came where ${next - 1} should have`);
    },
    end() {
      if (next !== items) throw new Error(`the stream ended after ${next} of ${items} items`);
    },
  };
}
