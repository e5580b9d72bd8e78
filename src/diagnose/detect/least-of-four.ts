/**
 * Which of the four counts from `first` on is the least; of equals the first. Without branches: in a flood of random keys
 * each comparison would be a coin toss, and a wrong guess of the processor costs more than all of this.
 */
export function leastOfFour(counts: Int32Array, first: number): number {
  const a = counts[first]!;
  const b = counts[first + 1]!;
  const c = counts[first + 2]!;
  const d = counts[first + 3]!;
  // The sign of a difference, as 0 or -1: counts are never negative, so no difference overflows.
  const ab = (b - a) >> 31;
  const cd = (d - c) >> 31;
  const left = a + ((b - a) & ab);
  const right = c + ((d - c) & cd);
  const other = (right - left) >> 31;
  return first + (other & 2) + (((other & cd) | (~other & ab)) & 1);
}
