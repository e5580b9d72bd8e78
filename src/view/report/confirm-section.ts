/** How somebody else finds the same: filters to paste into Wireshark, and commands for the server. */
import type { Judgement } from '../../diagnose/findings.ts';
import { subjectText } from '../subject-text.ts';
import { ANY_SYN, displayFilters, packetFilter } from '../wireshark-filters.ts';
import { attemptPackets } from './ladder-section.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { nextSteps } from './next-steps.ts';
import { type ReportInput, titleOf } from './report-input.ts';
import { serverCommands } from './server-commands.ts';

export function confirmSection(shown: readonly Judgement[], input: ReportInput): Markup {
  const parts = shown.length === 0 ? [filterList(undefined, input)] : shown.map((one) => confirm(one, shown, input));
  return html`<section id="confirm" aria-labelledby="confirm-h">
<h2 id="confirm-h">How to confirm it</h2>
${parts}</section>
`;
}

export function nextSection(shown: readonly Judgement[], input: ReportInput): Markup {
  const parts = shown.map((judgement) => {
    const steps = nextSteps(judgement);
    if (steps.length === 0) return NOTHING;
    return html`${heading(judgement, shown, input)}<ol>${steps.map((step) => html`<li>${step}</li>\n`)}</ol>
`;
  });
  if (shown.every((judgement) => nextSteps(judgement).length === 0)) return NOTHING;
  return html`<section id="next" aria-labelledby="next-h">
<h2 id="next-h">What to do next</h2>
<p class="quiet">General measures. The capture shows neither the settings of a host nor its load; the commands above do.</p>
${parts}</section>
`;
}

function confirm(judgement: Judgement, shown: readonly Judgement[], input: ReportInput): Markup {
  const commands = serverCommands(judgement);
  const host =
    judgement.subject.address >= 0 && judgement.subject.role === 'target'
      ? subjectText({ ...judgement.subject, port: -1 }, input.addresses)
      : 'the host';
  const onHost =
    commands.length === 0
      ? NOTHING
      : html`<h3>On ${host}, if it runs Linux</h3>
<p>While it goes on:</p>
<dl class="steps">${commands.map(({ command, shows, means }) => html`<div><dt>${shows}</dt><dd><code class="command">${command}</code><p>${means}</p></dd></div>\n`)}</dl>
`;
  return html`${heading(judgement, shown, input)}${filterList(judgement, input)}${onHost}`;
}

function filterList(judgement: Judgement | undefined, input: ReportInput): Markup {
  const filters =
    judgement === undefined || judgement.kind === 'nothing' ? [ANY_SYN] : displayFilters(judgement, input.addresses);
  const packets = input.telling.of(judgement).flatMap(attemptPackets);
  const several = input.info.files.length > 1;
  const rows = [
    ...filters,
    ...(packets.length > 0
      ? [{ filter: packetFilter(packets), shows: 'The packets of the attempts drawn above' }]
      : []),
  ];
  return html`<h3>In Wireshark</h3>
<p>Paste into the line above the list of packets, or after <code>tshark -Y</code>.${several ? ' Packet numbers count over all files in order of time: join them with mergecap first.' : ''}</p>
<dl class="steps">${rows.map(({ filter, shows }) => html`<div><dt>${shows}</dt><dd><code class="command">${filter}</code></dd></div>\n`)}</dl>
`;
}

function heading(judgement: Judgement, shown: readonly Judgement[], { addresses }: ReportInput): Markup {
  return shown.length > 1
    ? html`<p class="lead">${shown.indexOf(judgement) + 1}. ${titleOf(judgement, addresses)}</p>`
    : NOTHING;
}
