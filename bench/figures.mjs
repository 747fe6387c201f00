/** The middle of a list of numbers; between the two middle ones when they are even. */
export function median(numbers) {
  return quantile(numbers, 0.5);
}

/** A ratio or a figure with its spread: the middle, and the range that half of the rounds lie in. */
export function summary(numbers) {
  return { value: quantile(numbers, 0.5), low: quantile(numbers, 0.25), high: quantile(numbers, 0.75) };
}

function quantile(numbers, at) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const place = (sorted.length - 1) * at;
  const below = sorted[Math.floor(place)];
  return below + (sorted[Math.ceil(place)] - below) * (place % 1);
}
