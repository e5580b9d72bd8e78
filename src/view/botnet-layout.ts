/**
 * Where things stand on the map of a botnet: the command host above, the bots by kind below it, then the edge of their
 * networks, then the target. A flow's width is its rate, on one scale for the whole run.
 */
import type { BotnetMap, MapKind } from './botnet-map.ts';

export interface MapBox {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface BotnetLayout {
  readonly height: number;
  readonly command: MapBox;
  readonly target: MapBox;
  readonly kinds: readonly KindLayout[];
}

export interface KindLayout {
  readonly kind: MapKind;
  readonly box: MapBox;
  /** Of the bar in the box: what is registered, what floods. */
  readonly registered: number;
  readonly flooding: number;
  /** The edge of their networks; its left part, as wide as the share of networks that filter, lets no forged source out. */
  readonly edge: MapBox;
  readonly filter: MapBox;
  /** Line between command host and box, its width, and its middle. */
  readonly link: {
    readonly d: string;
    readonly width: number;
    readonly x: number;
    readonly y: number;
    readonly head: string;
  };
  /** SYNs from the box to the edge, and of these what is stopped there and what goes on; '' = nothing flows. */
  readonly flow: string;
  readonly stopped: string;
  readonly onward: string;
  /** Where they are stopped. */
  readonly stopX: number;
}

/** The widest of all flows together, in pixels. */
export const MOST_FLOW = 72;

export function botnetLayout(map: BotnetMap, width: number): BotnetLayout {
  const middle = width / 2;
  const hostWidth = Math.min(HOST_WIDTH, width - 2 * SIDE);
  const command = { x: middle - hostWidth / 2, y: 1, width: hostWidth, height: HOST_HEIGHT };
  const target = { x: middle - hostWidth / 2, y: TARGET_Y, width: hostWidth, height: HOST_HEIGHT };
  const each = (width - 2 * INSET - GAP * (map.kinds.length - 1)) / Math.max(1, map.kinds.length);
  const boxWidth = Math.min(each, KIND_WIDTH);
  const onward = map.arriving * (MOST_FLOW / map.mostRate);
  let at = middle - onward / 2;
  const kinds = map.kinds.map((kind, i): KindLayout => {
    const x = INSET + i * (each + GAP) + (each - boxWidth) / 2;
    const box = { x, y: KIND_Y, width: boxWidth, height: KIND_HEIGHT };
    const centre = x + boxWidth / 2;
    const whole = kind.rate * (MOST_FLOW / map.mostRate);
    const past = whole * map.filters.passes;
    const edge = { x, y: EDGE_Y, width: boxWidth, height: EDGE_HEIGHT };
    const filter = { ...edge, width: boxWidth * map.filters.deployed };
    // What is stopped meets the filtered part, what goes on the open one, as far as there is room for both.
    const split = x + filter.width - (whole - past);
    const left = Math.max(x, Math.min(x + boxWidth - whole, whole === past ? centre - whole / 2 : split));
    const from = at;
    at += past;
    const fan = middle + ((i + 0.5) / map.kinds.length - 0.5) * hostWidth * 0.7;
    return {
      kind,
      box,
      edge,
      filter,
      registered: kind.registered / Math.max(1, kind.bots),
      flooding: kind.flooding / Math.max(1, kind.bots),
      link: {
        d: `M${round(fan)} ${HOST_HEIGHT + 2}L${round(centre)} ${KIND_Y - 1}`,
        width: kind.polls > 0 ? LEAST_LINK + (MOST_LINK * kind.polls) / map.mostPolls : LEAST_LINK,
        x: (fan + centre) / 2,
        y: (HOST_HEIGHT + KIND_Y) / 2,
        head: `M${round(centre - 5)} ${KIND_Y - 9}h10l-5 8z`,
      },
      flow: whole > 0 ? band(left, whole, KIND_Y + KIND_HEIGHT, left, EDGE_Y) : '',
      stopped: whole - past > 0 ? band(left, whole - past, EDGE_Y, left, EDGE_Y + EDGE_HEIGHT / 2) : '',
      onward: past > 0 ? band(left + whole - past, past, EDGE_Y, from, TARGET_Y) : '',
      stopX: left + (whole - past) / 2,
    };
  });
  return {
    height: TARGET_Y + HOST_HEIGHT + 1,
    command,
    target,
    kinds,
  };
}

/** A band of one width from one place to another, upright at both ends. A thin one is still to be seen. */
function band(x0: number, width: number, y0: number, x1: number, y1: number): string {
  const w = Math.max(LEAST_FLOW, width);
  const y = round((y0 + y1) / 2);
  const [a, b, c, d] = [round(x0), round(x0 + w), round(x1 + w), round(x1)];
  return `M${a} ${y0}C${a} ${y} ${d} ${y} ${d} ${y1}H${c}C${c} ${y} ${b} ${y} ${b} ${y0}Z`;
}

function round(n: number): number {
  return Math.round(n * 10) / 10;
}

/** Room for words beside the hosts. */
const SIDE = 80;
const HOST_WIDTH = 164;
const HOST_HEIGHT = 46;
const GAP = 8;
/** Half a line's width, so that nothing is cut at the edge of the drawing. */
const INSET = 1;
const KIND_WIDTH = 150;
const KIND_Y = 76;
const KIND_HEIGHT = 66;
const EDGE_Y = 158;
const EDGE_HEIGHT = 14;
const TARGET_Y = 212;
const LEAST_FLOW = 1;
const LEAST_LINK = 1;
const MOST_LINK = 6;
