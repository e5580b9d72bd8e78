/** A plot's values as SVG path data. Longer series than the box is wide are averaged per pixel, so a path stays short. */

export interface PlotBox {
  readonly width: number;
  readonly height: number;
  /** Samples of the whole time axis; values may end earlier, while a run goes on. */
  readonly samples: number;
  /** The value at the upper edge. */
  readonly top: number;
}

/** A line through the values; a gap where there are none. Value i stands at the end of its sample. */
export function linePath(values: readonly number[], box: PlotBox): string {
  let d = '';
  let pen = false;
  const per = perPoint(box);
  for (let i = 0; i < values.length; i += per) {
    const value = meanOf(values, i, i + per);
    if (Number.isNaN(value)) {
      pen = false;
      continue;
    }
    const x = xAt(Math.min(i + per, values.length), box);
    const y = yAt(value, box);
    // A lone value between two gaps still shows, as a dot of the line's own width.
    d += pen ? `L${x} ${y}` : `M${x} ${y}h.01`;
    pen = true;
  }
  return d;
}

/** Steps through the values, because each is a count of its sample: `value` holds from the sample's begin to its end. */
export function stepPath(values: readonly number[], box: PlotBox): string {
  const per = perPoint(box);
  let d = '';
  for (let i = 0; i < values.length; i += per) {
    const end = Math.min(i + per, values.length);
    d += `${d === '' ? `M${xAt(i, box)} ` : 'V'}${yAt(meanOf(values, i, end), box)}H${xAt(end, box)}`;
  }
  return d;
}

/** The area between two columns of values, as a stack draws it; steps, because each value is a count of its sample. */
export function bandPath(lower: readonly number[], upper: readonly number[], box: PlotBox): string {
  const per = perPoint(box);
  let there = '';
  let back = '';
  for (let i = 0; i < upper.length; i += per) {
    const end = Math.min(i + per, upper.length);
    const x0 = xAt(i, box);
    const x1 = xAt(end, box);
    there += `${there === '' ? 'M' : 'L'}${x0} ${yAt(meanOf(upper, i, end), box)}H${x1}`;
    back = `L${x1} ${yAt(meanOf(lower, i, end), box)}H${x0}${back}`;
  }
  return there === '' ? '' : `${there}${back}Z`;
}

function perPoint(box: PlotBox): number {
  return Math.max(1, Math.ceil(box.samples / Math.max(1, box.width)));
}

function meanOf(values: readonly number[], from: number, to: number): number {
  let sum = 0;
  let count = 0;
  for (let i = from; i < Math.min(to, values.length); i++) {
    const value = values[i]!;
    if (Number.isNaN(value)) continue;
    sum += value;
    count++;
  }
  return count > 0 ? sum / count : Number.NaN;
}

function xAt(sample: number, box: PlotBox): number {
  return round((sample / Math.max(1, box.samples)) * box.width);
}

function yAt(value: number, box: PlotBox): number {
  return round(box.height * (1 - Math.min(1, value / box.top)));
}

function round(n: number): number {
  return Math.round(n * 100) / 100;
}
