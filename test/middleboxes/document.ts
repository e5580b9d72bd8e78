/** Writes `docs/middleboxes.md`: the catalogue of network defences, for people. */
import type { BoxKind, DefenceText, Parameter } from '../../src/sim/middlebox/box-kind.ts';
import { ELSEWHERE, MIDDLEBOXES } from '../../src/sim/middlebox/catalogue.ts';
import { MS, SEC } from '../../src/tcp/types.ts';
import { markdownTable, wrap } from '../support/markdown.ts';

export function middleboxDocument(): string {
  return [
    '# Network defences',
    '',
    '<!-- Written by `npm run middleboxes` from src/sim/middlebox; do not edit. -->',
    '',
    ...wrap(
      'What can stand on the road between the Internet and the server of a flood scenario (`boxes`, in the order in which a ' +
        'segment from the Internet meets them), and what stands elsewhere. Each is one file in `src/sim/middlebox`; ' +
        '`test/middleboxes` holds all to one suite, with real engines on both sides. CPU times are a stated model, not a ' +
        'measurement: so many nanoseconds for each act, which a report multiplies by what the box has counted.',
    ),
    '',
    ...MIDDLEBOXES.flatMap((kind) => [...section(kind), ...costs(kind)]),
    ...ELSEWHERE.flatMap(section),
  ]
    .join('\n')
    .trimEnd()
    .concat('\n');
}

function section(kind: DefenceText): string[] {
  return [
    `## \`${kind.name}\``,
    '',
    ...wrap(kind.describe),
    '',
    ...wrap(`**Buys.** ${kind.buys}`),
    '',
    ...wrap(`**Costs.** ${kind.costs}`),
    '',
    ...wrap(`**Source.** ${kind.source}`),
    '',
    ...parameters(kind),
    '',
  ];
}

/** A table, or which section has the same. */
function parameters(kind: DefenceText): string[] {
  const first = MIDDLEBOXES.find((other) => other.parameters === kind.parameters);
  if (first !== undefined && first !== kind) return [`Parameters: those of \`${first.name}\`.`];
  return markdownTable(
    ['parameter', 'unit', 'default', 'range', 'what'],
    kind.parameters.map((parameter) => [
      `\`${parameter.name}\``,
      UNITS[parameter.kind],
      usual(parameter),
      range(parameter),
      parameter.says,
    ]),
  );
}

function costs({ cost, place }: BoxKind): string[] {
  const acts = Object.entries(cost).map(([act, ns]) => `\`${act}\` ${ns}`);
  const where = place === 'site' ? 'Stands behind the access link.' : 'Stands before the access link, at the provider.';
  return [...wrap(`${where} CPU in ns: ${acts.join(', ')}.`), ''];
}

function usual(parameter: Parameter): string {
  if (parameter.kind === 'prefix-list') return parameter.default.length === 0 ? 'none' : parameter.default.join(', ');
  return parameter.kind === 'duration' ? time(parameter.default) : String(parameter.default);
}

function range(parameter: Parameter): string {
  if (parameter.kind === 'prefix-list') return '';
  if (parameter.kind === 'choice') return parameter.choices.map((choice) => `\`${choice}\``).join(', ');
  const text = parameter.kind === 'duration' ? time : (n: number): string => n.toLocaleString('en');
  return `${text(parameter.min)} to ${text(parameter.max)}`;
}

function time(ns: number): string {
  if (ns === 0) return '0';
  return ns % SEC === 0 ? `${ns / SEC}s` : ns % MS === 0 ? `${ns / MS}ms` : `${ns}ns`;
}

const UNITS: Readonly<Record<Parameter['kind'], string>> = {
  duration: 'time',
  rate: 'per second',
  count: 'number',
  share: 'share',
  choice: 'choice',
  'prefix-list': 'prefixes',
};
