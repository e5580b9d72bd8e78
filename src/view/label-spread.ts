/** Labels beside a lifeline must not overprint each other: those that are too close move down, in order. */

export interface PlacedLabel {
  /** Where it wants to be: the middle of its first line, in pixels. */
  readonly y: number;
  readonly height: number;
}

/**
 * New heights for `labels` (ascending in the order given by their `y`), each at or below its wish and at least `between`
 * pixels from the one above. The result is in the order of the input.
 */
export function spreadLabels(labels: readonly PlacedLabel[], between: number): number[] {
  const order = labels.map((_, i) => i).sort((a, b) => (labels[a]?.y ?? 0) - (labels[b]?.y ?? 0));
  const placed: number[] = new Array(labels.length).fill(0);
  let free = Number.NEGATIVE_INFINITY;
  for (const i of order) {
    const label = labels[i];
    if (!label) continue;
    const y = Math.max(label.y, free);
    placed[i] = y;
    free = y + label.height + between;
  }
  return placed;
}
