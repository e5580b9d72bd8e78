/** The flood as sentences and tables: the same as the drawings, for reading aloud and for copying. */
import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { FloodFrame } from '../../src/sim/flood-frame.ts';
import { botnetMap, mapSentence, mapTable } from '../../src/view/botnet-map.ts';
import { countText } from '../../src/view/flood-number.ts';
import { frameSentence, momentSentence } from '../../src/view/flood-sentence.ts';
import { OWNER_NAMES } from '../../src/view/owner-look.ts';
import { type Plot, plotValue, sampleAt, sampleTime } from '../../src/view/plot-model.ts';
import { queueHolders } from '../../src/view/slot-grid.ts';
import { formatTime } from '../../src/view/time-text.ts';
import { verdictSentence } from '../../src/view/verdict-sentence.ts';
import { useLab } from '../use-lab.ts';
import { defenceTitle } from './column.tsx';
import { type FloodColumn, frameAt, momentsUpTo } from './flood-lab.ts';
import { useFlood } from './use-flood.ts';

interface Props {
  readonly run: FloodColumn;
  readonly beside: FloodColumn | null;
  readonly plots: readonly Plot[];
}

export function FloodText({ run, beside, plots }: Props): JSX.Element | null {
  const lab = useLab();
  const { t } = useFlood();
  const frame = frameAt(run, t);
  const { report } = run;
  if (frame === null || report === null) return null;
  return (
    <div class="text-view flood-text">
      <h2>{defenceTitle(run)}</h2>
      <p>{verdictSentence(report, beside?.report ?? null)}</p>
      <h2>Now</h2>
      <p>{frameSentence(frame)}</p>
      <Holders frame={frame} />
      <Botnets frame={frame} run={run} />
      <h2>What has happened</h2>
      <ol>
        {momentsUpTo(report, t).map((moment) => (
          <li key={`${moment.what}${moment.t}`}>
            <button type="button" onClick={() => lab.flood.jumpTo(moment.t)}>
              {momentSentence(moment)}
            </button>
          </li>
        ))}
      </ol>
      <h2>Over time</h2>
      <Series run={run} plots={plots} at={sampleAt(report.series, t)} />
      <h2>SYN/ACK tries</h2>
      <Tries run={run} />
    </div>
  );
}

/** Who is in the SYN queue, by kind. */
function Holders({ frame }: { readonly frame: FloodFrame }): JSX.Element | null {
  const rows = useMemo(() => queueHolders(frame), [frame]);
  if (rows.length === 0) return null;
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">In the SYN queue</th>
            <th scope="col">Entries</th>
            <th scope="col">Oldest</th>
            <th scope="col">SYN/ACKs sent</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.owner}>
              <td>{OWNER_NAMES[row.owner]}</td>
              <td class="mono">{countText(row.entries)}</td>
              <td class="mono">{formatTime(row.oldest)}</td>
              <td class="mono">{countText(row.synAcks)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** The map of each botnet in words. */
function Botnets({ frame, run }: { readonly frame: FloodFrame; readonly run: FloodColumn }): JSX.Element {
  const maps = frame.bots.map((net) => botnetMap(net, run.scenario, frame.t)).filter((map) => map !== null);
  return (
    <>
      {maps.map((map) => {
        const { head, rows } = mapTable(map);
        return (
          <div class="table-scroll bots-text" key={map.title}>
            <p>{mapSentence(map)}</p>
            <table>
              <thead>
                <tr>
                  {head.map((title) => (
                    <th scope="col" key={title}>
                      {title}
                    </th>
                  ))}
                </tr>
              </thead>
              <tbody>
                {rows.map((cells) => (
                  <tr key={cells[0]}>
                    {cells.map((cell, i) => (
                      <td class={i === 0 ? '' : 'mono'} key={head[i]}>
                        {cell}
                      </td>
                    ))}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        );
      })}
    </>
  );
}

/** About twenty rows from the start to now. */
function Series({ run, plots, at }: { run: FloodColumn; plots: readonly Plot[]; at: number }): JSX.Element | null {
  const series = run.report?.series;
  const rows = useMemo(() => {
    const every = Math.max(1, Math.ceil((at + 1) / ROWS));
    return Array.from({ length: Math.max(0, at + 1) }, (_, i) => i).filter((i) => (at - i) % every === 0);
  }, [at]);
  if (series === undefined) return null;
  const lines = plots.flatMap((plot) => plot.lines.map((line) => ({ plot, line })));
  const told = lines.filter(({ line }) => line.values.some((value) => value > 0));
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Until</th>
            {told.map(({ plot, line }) => (
              <th scope="col" key={line.id}>
                {plot.lines.length === 1 ? plot.title : `${plot.title}: ${line.label}`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((i) => (
            <tr key={i}>
              <td class="mono">{formatTime(sampleTime(series, i))}</td>
              {told.map(({ plot, line }) => (
                <td class="mono" key={line.id}>
                  {plotValue(plot, line.values[i] ?? Number.NaN)}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

/** Of the whole run: which SYN of a client was answered. */
function Tries({ run }: { readonly run: FloodColumn }): JSX.Element | null {
  const all = run.report?.clients.find((clients) => clients.name === 'all');
  if (all === undefined) return null;
  return (
    <div class="table-scroll">
      <table>
        <thead>
          <tr>
            <th scope="col">Clients</th>
            {all.answeredAtTry.map((_, i) => (
              <th scope="col" key={i}>
                answered at SYN {i + 1}
              </th>
            ))}
            <th scope="col">connected</th>
            <th scope="col">failed</th>
          </tr>
        </thead>
        <tbody>
          <tr>
            <td class="mono">{countText(all.attempts)}</td>
            {all.answeredAtTry.map((count, i) => (
              <td class="mono" key={i}>
                {countText(count)}
              </td>
            ))}
            <td class="mono">{countText(all.connected)}</td>
            <td class="mono">{countText(Object.values(all.failed).reduce((sum, count) => sum + count, 0))}</td>
          </tr>
        </tbody>
      </table>
    </div>
  );
}

const ROWS = 20;
