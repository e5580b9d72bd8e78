/**
 * The report on a capture as one HTML file: no script, no request, readable on paper, by a screen reader and without
 * colour. A pure function: the same findings give the same bytes.
 */
import type { Judgement } from '../../diagnose/findings.ts';
import { confidenceBlock } from './confidence-section.ts';
import { confirmSection, nextSection } from './confirm-section.ts';
import { detectorSection } from './detector-section.ts';
import { findingSection } from './finding-section.ts';
import { ladderBlock } from './ladder-section.ts';
import { captureLine, madeSection } from './made-section.ts';
import { html, type Markup, NOTHING } from './markup.ts';
import { queueBlock } from './queue-section.ts';
import { incidents, type ReportInput, titleOf } from './report-input.ts';
import { sourceBlock } from './source-section.ts';
import { REPORT_STYLE } from './style.ts';
import { timelineBlock } from './timeline-section.ts';
import { unknownSection } from './unknown-section.ts';
import { verdictSection } from './verdict-section.ts';

export type { ReportInput } from './report-input.ts';

/** The whole file. */
export function reportPage(input: ReportInput): string {
  const shown = judgementsShown(input);
  const title = headline(input);
  const sections: readonly Section[] = [
    { id: 'finding', name: 'Finding', body: findingSection(input) },
    ...evidenceSections(shown, input),
    { id: 'verdicts', name: 'Attempts', body: verdictSection(input) },
    { id: 'detectors', name: 'Detectors', body: detectorSection(shown, input) },
    { id: 'unknown', name: 'What is not known', body: unknownSection(shown, input) },
    { id: 'confirm', name: 'How to confirm it', body: confirmSection(shown, input) },
    { id: 'next', name: 'What to do next', body: nextSection(shown, input) },
    { id: 'made', name: 'How this was made', body: madeSection(input) },
  ].filter(({ body }) => body.toString() !== '');
  const head = html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>${title} – halfopen</title>
`;
  const body = html`</head>
<body>
<svg class="defs" aria-hidden="true" focusable="false"><defs><pattern id="hatch" width="6" height="6" patternUnits="userSpaceOnUse"><rect class="hatch-ground" width="6" height="6"/><path class="hatch-line" d="M-1 1l2-2M0 6l6-6M5 7l2-2"/></pattern><pattern id="stripes" width="8" height="8" patternUnits="userSpaceOnUse"><path class="stripe" d="M-1 1l2 -2M0 8L8 0M7 9l2 -2"/></pattern></defs></svg>
<header class="page">
<p class="brand"><svg viewBox="0 0 28 24" aria-hidden="true"><path d="M10 3H4v18h6" class="mark-line"/><circle cx="12.5" cy="12" r="3.2" class="mark-dot"/><path d="M18.5 3c5.5 4.5 5.5 13.5 0 18" class="mark-line mark-open"/></svg><strong>halfopen</strong> report on a capture</p>
<h1>${title}</h1>
<p class="quiet wide">${captureLine(input)}</p>
<nav aria-label="Contents"><ul class="toc">${sections.map(({ id, name }) => html`<li><a href="#${id}">${name}</a></li>\n`)}</ul></nav>
</header>
<main>
${sections.map((section) => section.body)}</main>
</body>
</html>
`;
  return `${head}<style>${REPORT_STYLE}</style>\n${body}`;
}

interface Section {
  readonly id: string;
  readonly name: string;
  readonly body: Markup;
}

/** Incidents, or the one judgement that says there is none. */
function judgementsShown({ findings }: ReportInput): readonly Judgement[] {
  const found = incidents(findings);
  return found.length > 0 ? found : findings.judgements.slice(0, 1);
}

function headline({ findings, addresses, counts }: ReportInput): string {
  const found = incidents(findings);
  const [first] = found;
  if (first === undefined) {
    if (findings.judgements.length > 0) return 'No flood found';
    return counts.packets === 0 ? 'No packets' : 'Nothing to judge';
  }
  if (found.length === 1) return titleOf(first, addresses);
  return `${titleOf(first, addresses)}, and ${found.length === 2 ? 'one more finding' : `${found.length - 1} more findings`}`;
}

/** Evidence of one judgement after the other; without any, what a few attempts looked like. */
function evidenceSections(shown: readonly Judgement[], input: ReportInput): Section[] {
  if (shown.length === 0) {
    const ladders = ladderBlock(undefined, input, 'ladder');
    return [
      {
        id: 'evidence',
        name: 'Evidence',
        body: ladders === NOTHING ? NOTHING : evidence('evidence', 'Evidence', ladders),
      },
    ];
  }
  return shown.map((judgement, i) => {
    const id = shown.length > 1 ? `evidence-${i + 1}` : 'evidence';
    const title = shown.length > 1 ? `Evidence ${i + 1}: ${titleOf(judgement, input.addresses)}` : 'Evidence';
    const blocks = html`${confidenceBlock(judgement, input)}${timelineBlock(judgement, input)}${sourceBlock(judgement, input)}${queueBlock(judgement, input)}${ladderBlock(judgement, input, `ladder-${i}`)}`;
    return { id, name: shown.length > 1 ? `Evidence ${i + 1}` : 'Evidence', body: evidence(id, title, blocks) };
  });
}

function evidence(id: string, title: string, blocks: Markup): Markup {
  return html`<section id="${id}" aria-labelledby="${id}-h">
<h2 id="${id}-h">${title}</h2>
${blocks}</section>
`;
}
