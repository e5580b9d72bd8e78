/** A botnet as a map: who commands, who floods, what the edges of their networks hold back. It follows the moment shown. */
import type { JSX } from 'preact';
import { useMemo, useRef } from 'preact/hooks';
import type { FloodFrame } from '../../src/sim/flood-frame.ts';
import type { FloodScenario } from '../../src/sim/flood-model.ts';
import { botnetLayout, type KindLayout, type MapBox } from '../../src/view/botnet-layout.ts';
import { type BotnetMap, botnetMap, mapSentence, rateText, shortCount } from '../../src/view/botnet-map.ts';
import { countText } from '../../src/view/flood-number.ts';
import { useWidth } from '../use-width.ts';

interface Props {
  readonly frame: FloodFrame;
  readonly scenario: FloodScenario;
  readonly id: string;
}

export function BotnetMaps({ frame, scenario, id }: Props): JSX.Element {
  const maps = useMemo(
    () => frame.bots.map((net) => botnetMap(net, scenario, frame.t)).filter((map) => map !== null),
    [frame, scenario],
  );
  return (
    <section class="bots" aria-label="Botnets">
      {maps.map((map) => (
        <OneMap key={map.title} map={map} id={id} />
      ))}
    </section>
  );
}

function OneMap({ map, id }: { readonly map: BotnetMap; readonly id: string }): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const width = useWidth(box, 340);
  const layout = useMemo(() => botnetLayout(map, width), [map, width]);
  const { command } = map;
  const down = command.state !== 'up';
  const flooding = map.kinds.reduce((sum, kind) => sum + kind.flooding, 0);
  return (
    <>
      <div class="row2">
        <h2>{map.title}</h2>
        <span class="use">
          {down && <b>taken down · </b>}
          {flooding > 0 ? (
            <>
              <b>{countText(flooding)}</b> flood, <b>{rateText(map.rate)}</b> SYN/s
            </>
          ) : (
            'nobody floods'
          )}
        </span>
      </div>
      <div class="botnet-map" ref={box} role="img" aria-label={mapSentence(map)}>
        <svg width={width} height={layout.height} aria-hidden="true">
          <Links layout={layout.kinds} state={down ? 'down' : command.orders === 'yes' ? 'orders' : 'asks'} />
          {layout.kinds.map((kind) => (
            <Flows key={kind.kind.kind} layout={kind} sources={map.sources} id={id} />
          ))}
          {layout.kinds.map(({ kind, edge, filter }) => (
            <g key={kind.kind}>
              <rect class="edge-ground" {...edge} />
              <rect class="edge-filter" {...filter} fill={`url(#${id}-edge)`} />
            </g>
          ))}
          {layout.kinds.map((kind) => (
            <Stopped key={kind.kind.kind} layout={kind} sources={map.sources} id={id} />
          ))}
          <rect class={down ? 'map-command down' : 'map-command'} {...layout.command} rx="3" />
          <Lines box={layout.command} lines={['Command and control', command.address]} />
          <Beside box={layout.command} side="left" lines={[shortCount(map.polls), 'polls/s', command.polled]} />
          <Beside box={layout.command} side="right" lines={command.says} />
          {layout.kinds.map((kind) => (
            <Kind key={kind.kind.kind} layout={kind} id={id} />
          ))}
          <rect class="map-target" {...layout.target} />
          <Lines box={layout.target} lines={['Server', map.target]} />
          <Beside box={layout.target} side="left" lines={edgeLines(map)} />
          <Beside box={layout.target} side="right" lines={[shortCount(map.arriving), 'SYN/s', 'go on']} />
        </svg>
      </div>
      <p class="slot-line">
        Width is the rate. Hatched: the share of the bots' networks that lets no forged source out.
      </p>
    </>
  );
}

function edgeLines({ filters }: BotnetMap): readonly string[] {
  if (filters.deployed === 0) return ['no edge', 'filters'];
  return [
    `${Math.round(filters.deployed * 100)} % filter`,
    `${shortCount(filters.stopped)} SYN${filters.stopped === 1 ? '' : 's'}`,
    'stopped',
  ];
}

/** Baseline of the first of so many lines that stand in the middle of a box. */
function firstLine(box: MapBox, lines: number): number {
  return box.y + box.height / 2 - 7.5 * lines + 11.5;
}

function Links({ layout, state }: { layout: readonly KindLayout[]; state: 'asks' | 'orders' | 'down' }): JSX.Element {
  return (
    <g class={`map-link ${state}`}>
      {layout.map(({ kind, link }) => (
        <g key={kind.kind}>
          <path d={link.d} stroke-width={link.width} />
          {state === 'orders' && <path class="map-head" d={link.head} />}
          {state === 'down' && (
            <path class="map-cut" d={`M${link.x - 5} ${link.y - 5}l10 10M${link.x + 5} ${link.y - 5}l-10 10`} />
          )}
        </g>
      ))}
    </g>
  );
}

function Flows({ layout, sources, id }: { layout: KindLayout; sources: string; id: string }): JSX.Element {
  return (
    <g class={`map-flow ${sources}`} fill={`url(#${id}-${sources})`}>
      <path d={layout.flow} />
      <path d={layout.onward} />
    </g>
  );
}

/** What does not leave ends inside the edge, with the house's cross for what is lost. */
function Stopped({ layout, sources, id }: { layout: KindLayout; sources: string; id: string }): JSX.Element | null {
  if (layout.stopped === '') return null;
  const { stopX, edge } = layout;
  return (
    <>
      <path class={`map-flow ${sources}`} fill={`url(#${id}-${sources})`} d={layout.stopped} />
      <path class="map-cut" d={`M${stopX - 5} ${edge.y + 4}l10 10M${stopX + 5} ${edge.y + 4}l-10 10`} />
    </>
  );
}

function Kind({ layout, id }: { readonly layout: KindLayout; readonly id: string }): JSX.Element {
  const { box, kind } = layout;
  const bar = { x: box.x + 7, y: box.y + 24, width: box.width - 14, height: 9 };
  return (
    <g>
      <rect class="map-kind" {...box} rx="8" />
      <text x={box.x + 7} y={box.y + 17} class="map-name">
        {kind.label}
      </text>
      <path class="map-glyph" d={GLYPHS[kind.kind]} transform={`translate(${box.x + box.width - 22} ${box.y + 5})`} />
      <rect class="map-bar" {...bar} />
      <rect class="map-joined" {...bar} width={bar.width * layout.registered} />
      <rect class="map-flooding" {...bar} width={bar.width * layout.flooding} fill={`url(#${id}-bot)`} />
      <text x={box.x + 7} y={box.y + 47}>
        {kind.registered < kind.bots ? `${shortCount(kind.registered)} joined` : `${shortCount(kind.bots)} bots`}
      </text>
      <text x={box.x + 7} y={box.y + 62} class={kind.flooding > 0 ? 'map-name' : ''}>
        {kind.flooding > 0 ? `${shortCount(kind.flooding)} flood` : 'none floods'}
      </text>
    </g>
  );
}

function Lines({ box, lines }: { readonly box: MapBox; readonly lines: readonly string[] }): JSX.Element {
  return (
    <g text-anchor="middle">
      {lines.map((line, i) => (
        <text
          key={line}
          class={i === 0 ? 'map-name' : ''}
          x={box.x + box.width / 2}
          y={firstLine(box, lines.length) + 15 * i}
        >
          {line}
        </text>
      ))}
    </g>
  );
}

function Beside({ box, side, lines }: { box: MapBox; side: 'left' | 'right'; lines: readonly string[] }): JSX.Element {
  const x = side === 'left' ? box.x - 8 : box.x + box.width + 8;
  return (
    <g text-anchor={side === 'left' ? 'end' : 'start'}>
      {lines.map((line, i) => (
        <text key={line} class={i === 0 ? 'map-name' : ''} x={x} y={firstLine(box, lines.length) + 15 * i}>
          {line}
        </text>
      ))}
    </g>
  );
}

/** 15 by 14: a screen on its foot, a phone, a thing with antennas, a rack. */
const GLYPHS: Readonly<Record<KindLayout['kind']['kind'], string>> = {
  pc: 'M1 1h13v9h-13zM7.500 10v3M4 13h7',
  phone: 'M4 0h7v14h-7zM6.500 11.500h2',
  iot: 'M2 5h11v8h-11zM5 5l-2-4M10 5l2-4M5 9h1M9 9h1',
  server: 'M1 0h13v4h-13zM1 5h13v4h-13zM1 10h13v4h-13z',
};
