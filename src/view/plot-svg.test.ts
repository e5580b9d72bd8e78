import { expect, test } from 'vitest';
import { floodReport } from '../../test/support/flood-report-builder.ts';
import { SMALL_FLOOD } from '../../test/support/small-flood.ts';
import { floodSvg } from './plot-svg.ts';

/** A reader of what XML this writes: elements nest and close, attributes are quoted. Returns the texts by element. */
function parse(svg: string): { readonly element: string; readonly text: string }[] {
  const open: string[] = [];
  const texts: { element: string; text: string }[] = [];
  let rest = svg.trim();
  while (rest !== '') {
    const tag = /^<(\/?)([a-zA-Z]+)((?:\s[\w:-]+="[^"<]*")*)\s*(\/?)>/.exec(rest);
    if (tag) {
      const [all, closes, name = '', , empty] = tag;
      if (closes === '/') expect(open.pop()).toBe(name);
      else if (empty !== '/') open.push(name);
      rest = rest.slice(all.length);
    } else {
      const text = /^[^<]+/.exec(rest)?.[0] ?? '';
      expect(text, rest.slice(0, 80)).not.toBe('');
      expect(text.replaceAll(/&(amp|lt|gt|quot);/g, '')).not.toContain('&');
      if (text.trim() !== '') texts.push({ element: open.at(-1) ?? '', text });
      rest = rest.slice(text.length);
    }
  }
  expect(open).toEqual([]);
  return texts;
}

const textsOf = (svg: string, element: string) =>
  parse(svg)
    .filter((part) => part.element === element)
    .map((part) => part.text);

test('is well-formed, and each plot has a name and its numbers in words', () => {
  const svg = floodSvg(SMALL_FLOOD);
  expect(textsOf(svg, 'title')).toEqual([
    'A small flood',
    'Half-open entries',
    'Dropped, by cause',
    'Clients that connect',
    'Time to connect, mean',
  ]);
  const [whole, ...each] = textsOf(svg, 'desc');
  expect(each[0]).toBe('all 65 at most, 65 at the end; of the flood 65 at most, 65 at the end; full: 65');
  expect(each[1]).toBe('SYN queue full 40/s at most, 40/s at the end');
  expect(whole).toContain('Dropped, by cause: SYN queue full 40/s at most');
  for (const word of ['flood begins', 'queue full', 'flood ends', '10 s', 'SYN queue full']) {
    expect(textsOf(svg, 'text')).toContain(word);
  }
});

test('nothing in a report can break out of the picture', () => {
  const svg = floodSvg(floodReport({ title: '"<script>&\u0000</svg>' }));
  expect(textsOf(svg, 'title')[0]).toBe('&quot;&lt;script&gt;&amp;&lt;/svg&gt;');
});

test('is read without colour: lines of one plot have different dashes, bands different hatching', () => {
  const columns = { ...SMALL_FLOOD.series.columns, acceptQueue: SMALL_FLOOD.series.columns.halfOpen };
  const drops = { dropsAcceptQueue: columns.dropsSynQueue, dropsLink: columns.dropsSynQueue };
  const svg = floodSvg({ ...SMALL_FLOOD, series: { ...SMALL_FLOOD.series, columns: { ...columns, ...drops } } });
  const [first = '', second = ''] = svg.split('<g role="img"').slice(1);
  const dashes = [...first.matchAll(/<path [^>]*stroke="[^>]*\/>/g)].map(
    ([path]) => /stroke-dasharray="([^"]*)"/.exec(path)?.[1],
  );
  expect(dashes).toHaveLength(3);
  expect(new Set(dashes).size).toBe(3);
  const fills = [...second.matchAll(/<path [^>]*fill="url\(#([^)]*)\)"/g)].map(([, id]) => id);
  expect(new Set(fills).size).toBe(3);
});

test('a run of no samples is a picture, too', () => {
  expect(
    textsOf(
      floodSvg(floodReport({ series: { ...SMALL_FLOOD.series, length: 0, columns: floodReport().series.columns } })),
      'svg',
    ),
  ).toEqual([]);
});
