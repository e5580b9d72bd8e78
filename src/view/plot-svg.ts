/**
 * The plots of a flood run as one SVG picture: for files, reports and print. Lines differ by dashes and bands by hatching,
 * so it can be read in black and white; each plot has a title and its numbers as text.
 */
import type { FloodMoment, FloodReport } from '../sim/flood-report.ts';
import type { Nanos } from '../tcp/types.ts';
import { floodPlots, type Plot, type PlotRole, plotValue } from './plot-model.ts';
import { bandPath, linePath, type PlotBox } from './plot-path.ts';
import { formatTime } from './time-text.ts';

/** The four plots below one another, 800 units wide. */
export function floodSvg(report: FloodReport): string {
  const { series } = report;
  const plots = floodPlots(series, { capacity: report.queue.capacity });
  const height = TOP + plots.length * ROW + BOTTOM;
  const span = Math.max(1, series.length * series.every);
  const body = plots.map((plot, i) =>
    plotGroup(plot, i, TOP + i * ROW, { ...BOX, samples: series.length, top: plot.top }),
  );
  const description = plots.map((plot) => `${plot.title}: ${plotSummary(plot)}.`).join(' ');
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" role="img" aria-labelledby="t d" font-family="ui-sans-serif, system-ui, sans-serif" font-size="12">`,
    `<title id="t">${escapeXml(report.title)}</title>`,
    `<desc id="d">${escapeXml(description)}</desc>`,
    PATTERNS,
    `<rect width="${WIDTH}" height="${height}" fill="#fff"/>`,
    text(LEFT, 20, report.title, 'font-size="15" font-weight="600"'),
    text(LEFT, 36, `${report.profile}, seed ${report.seed}, ${formatTime(report.ranTo)}`, 'fill="#494f5e"'),
    ...momentMarks(report.moments, span, height),
    ...body,
    timeAxis(span, TOP + plots.length * ROW - (ROW - TITLE - BOX.height)),
    '</svg>',
    '',
  ].join('\n');
}

/** A plot's numbers in words: the most of each line, and where it ends. */
function plotSummary(plot: Plot): string {
  const parts = plot.lines
    .map(({ label, values }) => {
      const known = values.filter((value) => !Number.isNaN(value));
      if (known.length === 0 || known.every((value) => value === 0)) return '';
      const most = known.reduce((top, value) => Math.max(top, value), 0);
      return `${label} ${plotValue(plot, most)} at most, ${plotValue(plot, known.at(-1) ?? 0)} at the end`;
    })
    .filter((part) => part !== '');
  if (plot.limit !== null) parts.push(plot.limit.label);
  return parts.length === 0 ? 'nothing' : parts.join('; ');
}

const WIDTH = 800;
const LEFT = 64;
const TOP = 64;
const BOTTOM = 28;
/** From one plot to the next, of which the title takes the first part. */
const ROW = 168;
const TITLE = 22;
const BOX = { width: 580, height: 118 };
const LABELS = LEFT + BOX.width + 8;

function plotGroup(plot: Plot, index: number, y: number, box: PlotBox): string {
  const lines = plot.lines.filter(({ values }) => values.some((value) => value > 0));
  const top = y + TITLE;
  const yOf = (value: number): number => round(top + box.height * (1 - value / plot.top));
  const parts = [
    text(LEFT, y + 12, plot.title, 'font-weight="600"'),
    ...plot.ticks.flatMap((tick) => [
      `<line x1="${LEFT}" x2="${LEFT + box.width}" y1="${yOf(tick)}" y2="${yOf(tick)}" stroke="#dfdacd"/>`,
      text(LEFT - 8, yOf(tick) + 4, plotValue(plot, tick), 'text-anchor="end" fill="#494f5e"'),
    ]),
  ];
  const drawn = `transform="translate(${LEFT} ${top})"`;
  const ends: number[] = [];
  if (plot.draw === 'stack') {
    let lower: readonly number[] = Array.from({ length: box.samples }, () => 0);
    for (const { role, values } of lines) {
      const upper = values.map((value, i) => value + (lower[i] ?? 0));
      parts.push(`<path ${drawn} d="${bandPath(lower, upper, box)}" ${bandStyle(role)}/>`);
      ends.push(((lower.at(-1) ?? 0) + (upper.at(-1) ?? 0)) / 2);
      lower = upper;
    }
  } else {
    for (const { role, values } of lines) {
      parts.push(`<path ${drawn} d="${linePath(values, box)}" fill="none" ${lineStyle(role)}/>`);
      ends.push(values.findLast((value) => !Number.isNaN(value)) ?? 0);
    }
  }
  if (plot.limit !== null) {
    const at = yOf(plot.limit.value);
    parts.push(
      `<line x1="${LEFT}" x2="${LEFT + box.width}" y1="${at}" y2="${at}" stroke="#1a1e29" stroke-dasharray="2 4"/>`,
    );
    parts.push(text(LEFT + 4, at - 4, plot.limit.label, 'fill="#1a1e29"'));
  }
  const places = spread(
    ends.map((value) => yOf(Math.min(value, plot.top))),
    15,
    top,
    top + box.height,
  );
  for (const [i, { label, role }] of lines.entries()) {
    const at = places[i] ?? top;
    const swatch =
      plot.draw === 'stack'
        ? `<rect x="${LABELS}" y="${at - 5}" width="18" height="10" ${bandStyle(role)}/>`
        : `<line x1="${LABELS}" x2="${LABELS + 18}" y1="${at}" y2="${at}" ${lineStyle(role)}/>`;
    parts.push(swatch, text(LABELS + 24, at + 4, label));
  }
  if (lines.length === 0) parts.push(text(LEFT + 8, top + box.height - 8, 'none', 'fill="#494f5e"'));
  const id = `p${index}`;
  return `<g role="img" aria-labelledby="${id}t ${id}d">\n<title id="${id}t">${escapeXml(plot.title)}</title>\n<desc id="${id}d">${escapeXml(plotSummary(plot))}</desc>\n${parts.join('\n')}\n</g>`;
}

function momentMarks(moments: readonly FloodMoment[], span: Nanos, height: number): string[] {
  const marked = moments.filter(({ what }) => MARKED[what] !== undefined);
  const xs = marked.map(({ t }) => round(LEFT + (Math.min(t, span) / span) * BOX.width));
  const labels = spread(xs, 84, LEFT, LEFT + BOX.width);
  return marked.flatMap(({ what }, i) => [
    `<line x1="${xs[i]}" x2="${xs[i]}" y1="${TOP - 4}" y2="${height - BOTTOM}" stroke="#857f70" stroke-dasharray="1 3"/>`,
    text(labels[i] ?? 0, TOP - 8, MARKED[what] ?? '', 'text-anchor="middle" fill="#494f5e"'),
  ]);
}

const MARKED: Partial<Record<FloodMoment['what'], string>> = {
  'flood-begins': 'flood begins',
  'queue-full': 'queue full',
  'flood-ends': 'flood ends',
  recovered: 'room again',
  'take-down': 'take-down',
};

function timeAxis(span: Nanos, y: number): string {
  const marks = [0, 0.25, 0.5, 0.75, 1].map((share) => {
    const x = LEFT + share * BOX.width;
    return text(x, y + 16, `${Number(((share * span) / 1e9).toPrecision(3))} s`, 'text-anchor="middle" fill="#494f5e"');
  });
  return marks.join('\n');
}

/** Places at least `gap` apart and between two ends, each as near to its wish as that allows. */
function spread(wishes: readonly number[], gap: number, least: number, most: number): number[] {
  const order = wishes.map((_, i) => i).sort((a, b) => wishes[a]! - wishes[b]!);
  const places = [...wishes];
  let free = least;
  for (const i of order) {
    places[i] = Math.max(places[i]!, free);
    free = places[i] + gap;
  }
  let end = most;
  for (const i of order.reverse()) {
    places[i] = Math.min(places[i]!, end);
    end = places[i] - gap;
  }
  return places;
}

function text(x: number, y: number, content: string, attributes = 'fill="#1a1e29"'): string {
  return `<text x="${x}" y="${y}" ${attributes}>${escapeXml(content)}</text>`;
}

function escapeXml(content: string): string {
  // Control characters have no place in XML 1.0, not even escaped.
  const clean = [...content].filter((char) => char >= ' ' || char === '\n').join('');
  return clean.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function lineStyle(role: PlotRole): string {
  const [colour, dash] = LINES[role] ?? ['#1a1e29', ''];
  return `stroke="${colour}" stroke-width="1.75" stroke-linejoin="round" stroke-linecap="round"${dash === '' ? '' : ` stroke-dasharray="${dash}"`}`;
}

function bandStyle(role: PlotRole): string {
  return `fill="url(#${role})" stroke="#1a1e29" stroke-width="0.5"`;
}

/** Colour of the role, and the dashes that tell it apart without colour. */
const LINES: Partial<Record<PlotRole, readonly [string, string]>> = {
  halfopen: ['#835400', ''],
  spoofed: ['#a3235f', '6 5'],
  server: ['#6a3ea6', '1 4'],
  client: ['#1b5bb8', '8 5 1 5'],
  established: ['#1c6e43', ''],
};

/** Fills that differ by hatching. */
const PATTERNS: string = `<defs>
${[
  ['syn-queue', '#efb23f', 'M0 0L8 8'],
  ['accept-queue', '#a37fd6', 'M0 8L8 0'],
  ['reserve', '#fbf0d7', 'M4 0V8'],
  ['box', '#36a3ad', 'M0 4H8'],
  ['link', '#e2665b', 'M0 0L8 8M0 8L8 0'],
]
  .map(
    ([id, fill, d]) =>
      `<pattern id="${id}" width="8" height="8" patternUnits="userSpaceOnUse"><rect width="8" height="8" fill="${fill}"/><path d="${d}" stroke="#1a1e29" stroke-width="0.75"/></pattern>`,
  )
  .join('\n')}
</defs>`;
