/** Both endpoints in the part of figure 5 around where they are; the edge just taken is live. */
import type { JSX } from 'preact';
import type { Recording } from '../../src/sim/recording.ts';
import type { TcpState } from '../../src/tcp/types.ts';
import { capitalise, presenceOf } from '../../src/view/ladder-model.ts';
import { type StateEdge, stateDiagram } from '../../src/view/state-diagram.ts';
import { HostSign } from '../icons.tsx';

interface Props {
  readonly recording: Recording;
  readonly step: number;
}

export function States({ recording, step }: Props): JSX.Element {
  return (
    <section aria-labelledby="states-title">
      <h2 id="states-title" class="sr">
        States
      </h2>
      <div class="two">
        {recording.hosts.map((host, index) => {
          const diagram = stateDiagram(recording, step, index);
          const way = diagram.edges.find((edge) => edge.taken);
          const nexts = diagram.edges.filter((edge) => !edge.taken);
          return (
            <div key={host.name} class={`machine ${host.role}`}>
              <p class="who">
                <HostSign role={host.role} />
                {capitalise(host.name)}
              </p>
              {way && (
                <>
                  <span class="state past">{way.from}</span>
                  <Edge edge={way} />
                </>
              )}
              <span class={`state now ${tone(diagram.state, host.role)}`} data-state={index}>
                {diagram.state}
              </span>
              <ul class="nexts" aria-label="may lead to">
                {nexts.map((edge) => (
                  <li key={`${edge.to}.${edge.event}`}>
                    <span class="next-edge">{edge.action === '' ? edge.event : `${edge.event}, ${edge.action}`}</span>
                    <span class="state next">{edge.to}</span>
                  </li>
                ))}
              </ul>
            </div>
          );
        })}
      </div>
    </section>
  );
}

function Edge({ edge }: { readonly edge: StateEdge }): JSX.Element {
  return (
    <span class={edge.live ? 'edge live' : 'edge'}>
      <span>{edge.event}</span>
      {edge.action !== '' && <span>{edge.action}</span>}
    </span>
  );
}

function tone(state: TcpState, role: string): string {
  if (state === 'SYN-RECEIVED') return 'halfopen';
  switch (presenceOf(state)) {
    case 'established':
    case 'closing':
      return 'established';
    case 'half-open':
      return role;
    default:
      return 'plain';
  }
}
