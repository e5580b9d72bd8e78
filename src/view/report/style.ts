/**
 * How a report looks: the lab's colours by meaning, light and dark, and on paper. Print is always dark on white, and what
 * belongs together stays on one page.
 */

const LIGHT = `
  color-scheme: light;
  --paper: #fbfaf6; --surface: #ffffff; --sunken: #f3f0e8; --ink: #1a1e29; --ink-2: #494f5e;
  --rule: #dfdacd; --rule-ui: #857f70; --focus: #0b63e5;
  --client: #1b5bb8; --client-fill: #4f8fe8; --client-tint: #e2ecfb;
  --server: #6a3ea6; --server-fill: #a37fd6; --server-tint: #eee6f8;
  --halfopen: #835400; --halfopen-fill: #efb23f; --halfopen-tint: #fbf0d7;
  --established: #1c6e43; --established-fill: #3f9d6b; --established-tint: #dcf0e3;
  --dropped: #b0261d; --dropped-tint: #fbe4e1;`;

const DARK = `
  color-scheme: dark;
  --paper: #14171f; --surface: #1b1f29; --sunken: #0f1218; --ink: #eeebe4; --ink-2: #b6bac6;
  --rule: #2f3543; --rule-ui: #7b8395; --focus: #8ab8ff;
  --client: #86b6ff; --client-fill: #4b83d6; --client-tint: #1c2c48;
  --server: #c9abff; --server-fill: #8c68c9; --server-tint: #2e2546;
  --halfopen: #f3bd55; --halfopen-fill: #cf922a; --halfopen-tint: #3a2e14;
  --established: #78d6a0; --established-fill: #3b8f60; --established-tint: #17341f;
  --dropped: #ff9388; --dropped-tint: #43201d;`;

const PAGE = `
* { box-sizing: border-box; }
html { -webkit-text-size-adjust: 100%; text-size-adjust: 100%; }
body {
  margin: 0; background: var(--paper); color: var(--ink);
  font: 16px/1.55 ui-sans-serif, system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Open Sans", sans-serif;
  font-variant-numeric: tabular-nums; overflow-wrap: break-word; hyphens: manual;
}
code, .mono { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: .9em; }
main, header.page { max-width: 54rem; margin: 0 auto; padding: 0 1.5rem; }
main { padding-bottom: 4rem; }
header.page { padding-top: 2rem; }
.brand { display: flex; align-items: center; gap: .5rem; margin: 0 0 1.5rem; color: var(--ink-2); font-size: .875rem; }
.brand strong { color: var(--ink); font-weight: 600; }
.brand svg { width: 28px; height: 24px; flex: none; }
.mark-line { fill: none; stroke: var(--ink); stroke-width: 2.2; stroke-linecap: round; stroke-linejoin: round; }
.mark-open { stroke-dasharray: 3.4 3.6; }
.mark-dot { fill: var(--halfopen-fill); }
h1 { font-size: 1.875rem; line-height: 1.2; letter-spacing: -.015em; font-weight: 650; margin: 0 0 .5rem; text-wrap: balance; }
h2 { font-size: 1.3125rem; line-height: 1.3; letter-spacing: -.008em; font-weight: 650; margin: 0 0 .75rem; }
h2, h3 { scroll-margin-top: 1rem; }
h3 { font-size: 1.0625rem; line-height: 1.35; font-weight: 650; margin: 2rem 0 .5rem; }
h4 { font-size: .9375rem; line-height: 1.4; font-weight: 650; margin: 1.25rem 0 .375rem; }
h2 + h3, h3 + h4 { margin-top: 1rem; }
p, ul, ol { margin: 0 0 .75rem; max-width: 42rem; }
ul, ol { padding-left: 1.25rem; }
li { margin: .25rem 0; }
li::marker { color: var(--ink-2); }
.quiet { color: var(--ink-2); }
.wide { max-width: none; }
.lead { font-size: 1.125rem; line-height: 1.5; }
.nums { white-space: nowrap; }
section { border-top: 1px solid var(--rule); margin-top: 2.25rem; padding-top: 1.5rem; }
a { color: var(--client); text-underline-offset: .15em; }
a:focus-visible, [tabindex]:focus-visible { outline: 2.5px solid var(--focus); outline-offset: 2px; border-radius: 3px; }
.toc { margin: 1.25rem 0 0; padding: 0; list-style: none; max-width: none; display: flex; flex-wrap: wrap; gap: .125rem 1.25rem; font-size: .875rem; }
.toc li { margin: 0; }
.toc a { display: inline-block; padding: .25rem 0; }

table { border-collapse: collapse; width: 100%; margin: .5rem 0 1.25rem; font-size: .9375rem; line-height: 1.45; }
caption { text-align: left; color: var(--ink-2); font-size: .875rem; padding: 0 0 .375rem; }
th, td { text-align: left; vertical-align: top; padding: .4375rem .75rem .4375rem 0; border-bottom: 1px solid var(--rule); }
th:last-child, td:last-child { padding-right: 0; }
thead th { color: var(--ink-2); font-weight: 500; font-size: .8125rem; border-bottom: 1px solid var(--rule-ui); vertical-align: bottom; }
tbody th { font-weight: 500; }
thead th.n { white-space: normal; }
th.n, td.n { text-align: right; white-space: nowrap; }
td.nums, th.nums { white-space: nowrap; }
table.bars { table-layout: fixed; } table.bars th.n { width: 6.5rem; } table.bars th:last-child { width: 38%; } table.bars td:last-child { padding-left: .5rem; }
table.results tbody tr:first-child > * { border-bottom: 0; padding-bottom: 0; } table.results td[colspan] { padding-top: .125rem; }
table.results tbody tr:first-child > th { font-weight: 600; } ul.inline { list-style: none; padding: 0; margin: .25rem 0 0; font-size: .875rem; color: var(--ink-2); max-width: none; display: flex; flex-wrap: wrap; gap: 0 1.25rem; }
ul.inline li { margin: 0; }
table.narrow { width: auto; min-width: min(100%, 28rem); } table.narrow .n { padding-left: 1.5rem; }
table.facts { width: auto; }
table.facts th { color: var(--ink-2); font-weight: 400; padding-right: 1.5rem; white-space: nowrap; }

.word { display: inline-flex; align-items: baseline; gap: .4em; white-space: nowrap; }
.word::before { content: ""; flex: none; width: .6em; height: .6em; border: 1.5px solid currentColor; align-self: center; }
.word.full::before { background: currentColor; border-radius: 50%; }
.word.room::before { border-radius: 50%; }
.word.fires { font-weight: 600; }
.word.fires::before { background: currentColor; }
.word.judged-not::before { border-style: dashed; }
.word.for { color: var(--established); } .word.against { color: var(--dropped); }
.word.neither { color: var(--ink-2); }
.word.neither::before { border: 0; width: .8em; }
.word.for::before, .word.against::before { border: 0; height: auto; width: .8em; font-weight: 700; align-self: baseline; }
.word.for::before { content: "+"; } .word.against::before { content: "\\2212"; }

.strip { display: grid; grid-template-columns: repeat(3, 1fr); gap: 0 1.5rem; margin: 1rem 0 0; }
.strip div { border-top: 1px solid var(--rule); padding: .5rem 0 .625rem; }
.strip dt { color: var(--ink-2); font-size: .8125rem; } .strip dd { margin: 0; font-weight: 500; }

.bar { display: block; min-width: 4rem; height: .6rem; margin-top: .4em; border: 1px solid var(--rule-ui); border-radius: 1px; background: var(--surface); }
.bar i { display: block; height: 100%; background: var(--client-fill); }

figure { margin: 1rem 0 1.5rem; }
figcaption { color: var(--ink-2); font-size: .875rem; line-height: 1.45; margin-top: .5rem; max-width: 42rem; }
.chart-head { display: flex; flex-wrap: wrap; justify-content: space-between; gap: .125rem 1.25rem; margin: 1rem 0 .375rem; font-size: .875rem; }
.chart-head b { font-weight: 600; }
.legend { display: flex; flex-wrap: wrap; gap: .125rem 1.125rem; color: var(--ink-2); }
.legend span { display: inline-flex; align-items: center; gap: .4em; }
.legend svg { width: 22px; height: 12px; flex: none; overflow: visible; }
.plot { position: relative; margin-left: 3.75rem; margin-right: .75rem; font-size: .75rem; color: var(--ink-2); }
.plot-area { position: relative; height: 9rem; border-bottom: 1px solid var(--rule-ui); background: var(--surface); }
.plot.low .plot-area { height: 7.5rem; }
.plot-area > svg { position: absolute; inset: 0; width: 100%; height: 100%; overflow: visible; }
.plot-y { position: absolute; right: calc(100% + .5rem); transform: translateY(50%); white-space: nowrap; line-height: 1; }
.plot-grid { position: absolute; left: 0; right: 0; border-top: 1px solid var(--rule); }
.plot-during { position: absolute; top: 0; bottom: 0; background: var(--sunken); }
.plot-edge { position: absolute; top: -.25rem; bottom: 0; border-left: 1.5px dashed var(--ink); }
.plot-flags { position: relative; height: 1.25rem; }
.plot-flags.two { height: 2.5rem; }
.plot-flag { position: absolute; top: 0; color: var(--ink); white-space: nowrap; line-height: 1.25rem; }
.plot-flag.second { top: 1.25rem; }
.plot-flag.left { transform: translateX(-100%); }
.plot-x { position: relative; height: 2.5rem; }
.plot-x span { position: absolute; top: .375rem; transform: translateX(-50%); text-align: center; line-height: 1.3; white-space: nowrap; }
.plot-x span.last { transform: translateX(-100%); text-align: right; }
.plot-x span.first { transform: none; text-align: left; }
.plot-x span::before { content: ""; position: absolute; left: 50%; top: -.375rem; height: .25rem; border-left: 1px solid var(--rule-ui); }
.plot-x span.last::before { left: 100%; } .plot-x span.first::before { left: 0; }
svg [vector-effect] { fill: none; }
.c-syn { stroke: var(--client); stroke-width: 1.5; }
svg .c-syn-area { fill: var(--client-tint); stroke: none; }
.c-synack { stroke: var(--server); stroke-width: 2; stroke-dasharray: 2 4; stroke-linecap: round; }
.c-completed { stroke: var(--established); stroke-width: 2.5; }
.c-refused { stroke: var(--dropped); stroke-width: 1.75; stroke-dasharray: 8 3 2 3; }
.c-newsources { stroke: var(--ink-2); stroke-width: 1.25; stroke-dasharray: 5 4; }
.c-halfopen { stroke: var(--halfopen); stroke-width: 1.75; }
svg .c-halfopen-area { fill: var(--halfopen-tint); stroke: none; }

.queue-row { display: grid; grid-template-columns: 4.5rem 1fr; align-items: center; gap: 0 .75rem; margin: .25rem 0; font-size: .8125rem; }
.queue-row > span:first-child { text-align: right; white-space: nowrap; }
.queue-bar { position: relative; height: 1.5rem; background: var(--surface); border: 1px solid var(--rule-ui); }
.queue-full { position: absolute; top: 0; right: 0; height: 100%; border-left: 2px solid var(--ink); background: var(--halfopen-tint); }
.queue-word { position: absolute; top: 0; line-height: 1.375rem; padding: 0 .375rem; white-space: nowrap; background: var(--surface); }
.queue-axis { margin-left: 5.25rem; font-size: .75rem; color: var(--ink-2); }

.ladders { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(100%, 20rem), 1fr)); gap: 1rem 2rem; align-items: start; }
.ladders figure { margin: .5rem 0; }
.ladder { display: block; width: 100%; max-width: 25rem; height: auto; }
.ladder text { fill: var(--ink); font-size: 13px; }
.ladder .num { font-family: ui-monospace, "SF Mono", "Cascadia Code", Menlo, Consolas, "DejaVu Sans Mono", monospace; font-size: 12.5px; }
.ladder .tight { font-size: 11.5px; }
.ladder .soft { fill: var(--ink-2); }
.ladder .strong { font-weight: 650; }
.ladder .lane { stroke: var(--rule-ui); stroke-width: 1.5; fill: none; }
.ladder .lane-listen { stroke: var(--server); stroke-width: 1.5; stroke-dasharray: 4 4; fill: none; }
.ladder .half { fill: url(#hatch); stroke: var(--halfopen); stroke-width: 1; }
.ladder .sent { fill: var(--client-tint); stroke: var(--client); stroke-width: 1; }
.ladder .open { fill: var(--established-fill); stroke: var(--established); stroke-width: 1; }
.ladder .from-client { stroke: var(--client); fill: var(--client); stroke-width: 1.75; }
.ladder .from-server { stroke: var(--server); fill: var(--server); stroke-width: 1.75; }
.ladder .reset { stroke: var(--dropped); fill: var(--dropped); stroke-width: 1.75; }
.ladder .never { stroke: var(--rule-ui); stroke-width: 1.75; stroke-dasharray: 1 5; stroke-linecap: round; fill: none; }
.ladder .cross { stroke: var(--dropped); stroke-width: 2.25; stroke-linecap: round; fill: none; }
.ladder .again { stroke-dasharray: 6 3; }
.ladder .gap { stroke: var(--rule-ui); stroke-width: 1; fill: none; }
.ladder .sign-client { fill: var(--client-fill); stroke: var(--client); stroke-width: 1.5; }
.ladder .sign-server { fill: var(--server-fill); stroke: var(--server); stroke-width: 1.5; }
.stripe { stroke: var(--halfopen); stroke-width: 1.25; }
.hatch-ground { fill: var(--halfopen-fill); } .hatch-line { stroke: #1a1e29; stroke-width: .9; opacity: .6; }

.command { display: block; background: var(--sunken); border-left: 3px solid var(--rule-ui); padding: .4375rem .75rem; margin: .25rem 0; white-space: pre-wrap; overflow-wrap: anywhere; line-height: 1.45; user-select: all; }
dl.steps { margin: .75rem 0 1.25rem; }
dl.steps dt { font-weight: 500; margin-top: 1rem; font-size: .9375rem; }
dl.steps dd { margin: 0; }
dl.steps dd p { margin: .25rem 0 0; color: var(--ink-2); font-size: .875rem; }
.detector { padding: .25rem 0 1rem; border-bottom: 1px solid var(--rule); }
.detector:last-child { border-bottom: 0; }
.detector dl { display: grid; grid-template-columns: 8.5rem 1fr; gap: .25rem 1rem; margin: .375rem 0 0; font-size: .875rem; }
.detector dt { color: var(--ink-2); } .detector dd { margin: 0; max-width: 40rem; }
.detector ul { margin: 0; padding-left: 1rem; } .detector li { margin: 0 0 .125rem; }
.defs { position: absolute; width: 0; height: 0; }
.only-read { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }

@media (max-width: 40rem) {
  body { font-size: 15px; }
  main, header.page { padding-left: 1rem; padding-right: 1rem; }
  h1 { font-size: 1.5rem; } h2 { font-size: 1.1875rem; }
  .detector dl { grid-template-columns: 1fr; gap: 0; } .detector dt { margin-top: .375rem; }
  .plot { margin-left: 2.75rem; } .strip { grid-template-columns: 1fr 1fr; gap: 0 1rem; }
  .queue-row { grid-template-columns: 3.25rem 1fr; } .queue-axis { margin-left: 4rem; }
  table { font-size: .8125rem; } th, td { padding-right: .4375rem; } thead th { font-size: .75rem; }
  td.nums { white-space: normal; }
  table.bars th.n { width: 4.5rem; } table.bars th:last-child { width: 18%; } .bar { min-width: 0; }
  table.facts th { white-space: normal; padding-right: 1rem; }
}`;

const PRINT = `
@page { margin: 16mm 15mm 17mm; @bottom-right { content: counter(page) " / " counter(pages); font: 8.5pt ui-sans-serif, system-ui, sans-serif; color: #494f5e; } }
@media print {
  :root { --paper: #fff; --surface: #fff; --sunken: #f5f3ed; }
  html { font-size: 9.75pt; }
  body { font-size: 1rem; line-height: 1.45; print-color-adjust: exact; -webkit-print-color-adjust: exact; }
  main, header.page { max-width: none; padding-left: 0; padding-right: 0; }
  header.page { padding-top: 0; }
  .toc { display: none; }
  h1, h2, h3, h4, caption, .chart-head, .before { break-after: avoid; }
  section { margin-top: 1.25rem; padding-top: .875rem; }
  figure, tr, li, .detector, .command, dl.steps > div, table.facts, .keep { break-inside: avoid; }
  table { break-inside: avoid; } table.results, table.reasons { break-inside: auto; }
  thead { display: table-header-group; }
  p, ul, ol, figcaption { max-width: 48rem; }
  p, li { orphans: 3; widows: 3; }
  th, td { padding-top: .25rem; padding-bottom: .25rem; }
  .plot-area { height: 38mm; } .plot.low .plot-area { height: 32mm; }
  .ladders { grid-template-columns: 1fr 1fr; }
  a { color: inherit; text-decoration: none; }
}`;

/** The whole style sheet of a report. */
export const REPORT_STYLE: string = `
:root {${LIGHT} }
@media screen and (prefers-color-scheme: dark) { :root {${DARK} } }
@media (prefers-contrast: more) { :root { --ink-2: var(--ink); --rule: var(--rule-ui); } }
${PAGE}
${PRINT}
`;
