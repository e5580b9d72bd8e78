/** The report as text: whole, self-contained, nested as written, with the words it must and must not have. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { aFlood, aHalfOpenAttempt, anAttempt, someFindings } from '../../../test/support/findings-builder.ts';
import { aReport } from '../../../test/support/report-builder.ts';
import type { JudgementKind } from '../../diagnose/findings.ts';
import { reportPage } from './report-page.ts';
import { TellingAttempts } from './telling-attempts.ts';

const PAGE = reportPage(aReport());

describe('what it says', () => {
  test('every number of the finding, of its reasons and of the queue', () => {
    const { judgements } = someFindings();
    const sentences = judgements.flatMap(({ sentence, confidence, queue, sources, unknown, findings }) => [
      sentence,
      queue?.sentence ?? '',
      ...confidence.because.map((reason) => reason.sentence),
      ...sources.because,
      ...unknown,
      ...findings.map((finding) => finding.sentence),
    ]);
    const seen = textOf(PAGE);
    for (const number of sentences.join(' ').match(/\d[\d.,]*\d|\d/g) ?? []) expect(seen).toContain(number);
  });

  test('the sections in the order in which a reader asks', () => {
    const order = [
      'Finding',
      'How sure, and why',
      'Over time',
      'Where it came from',
      'Would the queue have been full?',
      'Attempts as ladders',
      'What became of the attempts',
      'What the detectors say',
      'What is not known',
      'How to confirm it',
      'What to do next',
      'How this was made',
    ];
    const headings = [...PAGE.matchAll(/<h[23][^>]*>([^<]*)<\/h[23]>/g)].map(([, text]) => text ?? '');
    expect(headings.filter((heading) => order.includes(heading))).toEqual(order);
  });

  test('times both since the first packet and of the day', () => {
    // The builder's capture begins at 1,700,000,000.25 s, which is 14 November 2023, 22:13:20.250 UTC.
    const seen = textOf(PAGE);
    expect(seen).toContain('2023-11-14 22:13:20.250 to 22:14:20.250 UTC (60 s)');
    expect(seen).toContain('begins 10 s (22:13:30.250 UTC) into the capture');
    // Of the end no more than its second is known: from 39 s to 40 s.
    expect(seen).toContain('ends in second 39 (22:13:59 UTC), about 30 s later');
    expect(seen).toContain('10.2 s (22:13:30.450 UTC)');
  });

  test('no time of day where the capture has none', () => {
    const findings = someFindings({ startSec: 0, startNanos: 0 });
    expect(textOf(reportPage(aReport({ findings })))).not.toContain('UTC (');
  });

  test('filters for this target that do not miss a SYN with ECE and CWR, and packet numbers', () => {
    const seen = textOf(PAGE);
    expect(seen).toContain('tcp.flags.syn == 1 && tcp.flags.ack == 0 && ip.dst == 203.0.113.80 && tcp.dstport == 80');
    expect(seen).not.toContain('tcp.flags == ');
    expect(seen).toContain('frame.number in {1, 2, 3, 4, 5}');
    expect(seen).toContain("ss -Htan state syn-recv 'sport = :80' | wc -l");
  });

  test('what never came stands on the ladder', () => {
    expect(PAGE).toContain('no ACK of Y+1 came');
    expect(PAGE).toContain('From the client: no ACK of Y+1 came.');
  });

  test('what was skipped, damaged and let go', () => {
    const report = aReport({ findings: someFindings({ evicted: 12, expired: 3 }) });
    report.counts.unsupportedLinks.set(147, 9);
    report.counts.byStatus[2] = 4;
    const info = {
      files: [{ name: 'a.pcap', format: 'pcap', damage: 'The file ends in the middle of packet 7.' }],
      skippedBlocks: new Map([['Name Resolution Block', 2]]),
    };
    const seen = textOf(reportPage({ ...report, info }));
    for (const part of ['9 packets of link type 147', '2 pcapng blocks', 'in the middle of packet 7', '12 attempts']) {
      expect(seen).toContain(part);
    }
  });

  test.each(['flood', 'scan', 'backscatter', 'reflection', 'retry-storm', 'flash-crowd', 'nothing'] as const)(
    '%s: no word of blame',
    (kind: JudgementKind) => {
      const page = reportPage(aReport({ findings: someFindings({ judgements: [aFlood({ kind })] }) }));
      expect(textOf(page)).not.toMatch(/attack|hacker|malicious|victim/i);
    },
  );
});

describe('how sure it sounds', () => {
  test('how sure is said in percent, as everywhere', () => {
    const seen = textOf(PAGE).replaceAll('\u00a0', ' ');
    expect(seen).toContain('Confidence is high (98.0 %).');
    expect(seen).toContain('The logistic function of their sum is 98.0 %.');
  });

  test('a finding of low confidence is a possible one, in the title too', () => {
    const confidence = { level: 'low', score: 0.7, because: [] } as const;
    const page = reportPage(aReport({ findings: someFindings({ judgements: [aFlood({ confidence })] }) }));
    expect(page).toContain('<h1>Possible SYN flood against 203.0.113.80:80</h1>');
  });

  test('replies have no attempts and no forged sources of their own, and a curve of replies alone', () => {
    const rate = { ...aFlood().rate, strayReplies: aFlood().rate.syn };
    const reflection = aFlood({ kind: 'reflection', attempts: 0, peakRate: 1000, rate, queue: undefined });
    const page = reportPage(aReport({ findings: someFindings({ judgements: [reflection] }) }));
    expect(page).not.toContain('<h3>Where it came from</h3>');
    expect(page).toContain('replies without a SYN at most 1,000 a second');
    expect(textOf(page)).toContain('1,000 replies/s');
    expect(page).toContain('<h3>Who replied</h3>');
    expect(textOf(page)).not.toContain('SYN/s');
  });

  test('without any answer in the capture, unanswered is explained and curves are hedged', () => {
    const vantage = { view: 'clients-only', sentence: 'No answers.' } as const;
    const seen = textOf(reportPage(aReport({ findings: someFindings({ vantage }) })));
    expect(seen).toContain('no answer was captured, not that none was sent');
    expect(seen).toContain('some of it may have been finished after all');
  });
});

describe('what it is made of', () => {
  test('nothing is fetched, nothing runs', () => {
    expect(PAGE).not.toMatch(/<(script|link|img|iframe|object|embed|video|audio|base|form|use|image)\b/i);
    expect(PAGE).not.toMatch(/\b(src|srcset|data|action|poster|background)=/i);
    expect(PAGE).not.toMatch(/https?:|@import|url\((?!#)/i);
    expect(PAGE).not.toMatch(/ on[a-z]+=/i);
    for (const [, target] of PAGE.matchAll(/href="([^"]*)"/g)) expect(target).toMatch(/^#/);
  });

  test('ids are unique, and what points at one finds it', () => {
    const page = reportPage(aReport({ findings: someFindings({ judgements: [aFlood(), aFlood({ kind: 'scan' })] }) }));
    const ids = [...page.matchAll(/ id="([^"]*)"/g)].map(([, id]) => id ?? '');
    expect(new Set(ids).size).toBe(ids.length);
    const pointers = [...page.matchAll(/(?:aria-labelledby|href)="#?([^"]*)"/g)].flatMap(
      ([, to]) => to?.split(' ') ?? [],
    );
    expect(pointers.filter((to) => !ids.includes(to))).toEqual([]);
  });

  test('headings skip no level, tables have heads with a scope, pictures have words', () => {
    const levels = [...PAGE.matchAll(/<h([1-6])/g)].map(([, level]) => Number(level));
    expect(levels[0]).toBe(1);
    expect(levels.filter((level, i) => i > 0 && level > (levels[i - 1] ?? 0) + 1)).toEqual([]);
    expect(PAGE.match(/<th(?![^>]* scope=)[ >]/g)).toBeNull();
    for (const [svg] of PAGE.matchAll(/<svg[^>]*>/g))
      expect(svg).toMatch(/aria-hidden="true"|role="img" aria-labelledby/);
    for (const [box] of PAGE.matchAll(/<div[^>]*role="img"[^>]*>/g)) expect(box).toMatch(/aria-label="[^"]{10,}"/);
  });

  test('no NaN, no undefined, no empty attribute value where a number belongs', () => {
    expect(PAGE).not.toMatch(/NaN|undefined|Infinity|\[object/);
  });

  test('the same findings give the same bytes', () => {
    expect(reportPage(aReport())).toBe(PAGE);
  });
});

describe('odd findings', () => {
  test('no attempt, no judgement', () => {
    const findings = someFindings({ judgements: [], isn: [], duration: 0, totals: NO_TOTALS });
    const page = reportPage(aReport({ findings, telling: new TellingAttempts() }));
    expect(textOf(page)).toContain('nothing to judge');
    expect(page).toContain('<h1>Nothing to judge</h1>');
    expect(textOf(page)).not.toContain('Confidence');
    expect(page).not.toMatch(/NaN|undefined/);
  });

  test('one step, no sources, no queue, no end', () => {
    const one = {
      start: 0,
      step: 1e9,
      syn: [1],
      synack: [0],
      completed: [0],
      refused: [0],
      unfinished: [1],
      strayReplies: [0],
      newSources: [1],
      halfOpen: [0],
    };
    const sources = { ...aFlood().sources, distinct: 0 };
    const judgement = aFlood({ end: -1, rate: one, queue: undefined, sources, findings: [], telling: [], unknown: [] });
    const page = reportPage(aReport({ findings: someFindings({ judgements: [judgement] }) }));
    expect(textOf(page)).toContain('still goes on when the capture ends');
    expect(page).not.toMatch(/NaN|undefined/);
  });

  test('IPv6 addresses of the longest form stay within their ladder', () => {
    const report = aReport();
    const client = report.addresses.parse('2001:db8:1111:2222:3333:4444:5555:6666');
    const telling = new TellingAttempts();
    telling.add(aHalfOpenAttempt({ client, server: client, serverPort: 65_535, firstAt: 20e9, facts: 0 }));
    telling.add(anAttempt({ client }));
    const findings = someFindings({
      judgements: [aFlood({ subject: { role: 'target', address: client, port: 65_535, prefix: '' } })],
    });
    const page = reportPage({ ...report, findings, telling });
    expect(textOf(page)).toContain('ipv6.dst == 2001:db8:1111:2222:3333:4444:5555:6666 && tcp.dstport == 65535');
    expect(page).toContain('[2001:db8:1111:2222:3333:4444:5555:6666]:65535');
  });
});

describe('names from strangers', () => {
  const harmless = tagsOf(hostile('x'));

  test('no name changes what the page is made of', () => {
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 40 }), fc.constantFrom(...NASTY)), (name) => {
        expect(tagsOf(hostile(name))).toEqual(harmless);
      }),
      { numRuns: 40 },
    );
  });

  test('and each is shown, as it is', () => {
    expect(textOf(hostile('<script>alert(1)</script>.pcap'))).toContain('<script>alert(1)</script>.pcap');
  });
});

const NO_TOTALS = Object.fromEntries(
  Object.keys(someFindings().totals).map((key) => [key, 0]),
) as unknown as ReturnType<typeof someFindings>['totals'];

const NASTY: readonly string[] = [
  '"><script>alert(1)</script>',
  "' onmouseover='alert(1)",
  '</style><img src=x onerror=alert(1)>',
  '--><!--',
  ']]></svg></desc>',
  '&lt;b&gt;',
  '\u202e\u2066fdp.exe',
  '{{2}}`$(id)',
  '\u0000\u001b]0;title\u0007',
];

/** A page in which all that comes from files, captures and detectors is the same text. */
function hostile(text: string): string {
  const flood = aFlood({ kind: 'flood', sentence: text, unknown: [text] });
  const findings = someFindings({
    judgements: [
      {
        ...flood,
        subject: { ...flood.subject, address: -1, prefix: text },
        sources: { ...flood.sources, because: [text], prints: [{ print: text, share: 1 }] },
        confidence: { ...flood.confidence, because: [{ weight: 1, sentence: text, detector: text }] },
      },
    ],
    vantage: { view: 'both-directions', sentence: text },
    isn: [{ of: 'server', samples: 1, kind: 'random', sentence: text }],
  });
  const info = { files: [{ name: text, format: 'pcap', damage: `${text}.` }], skippedBlocks: new Map([[text, 1]]) };
  const icmp = { packet: 9, ts: 11e9, from: 1, kind: text };
  const telling = new TellingAttempts();
  telling.add(aHalfOpenAttempt({ icmp, firstAt: 10e9 }));
  return reportPage(aReport({ findings, info, telling }));
}

/** Tags with the names of their attributes; text and values left out. */
function tagsOf(page: string): string[] {
  return (page.match(/<[^>]*>/g) ?? []).map((tag) => tag.replace(/="[^"]*"/g, '='));
}

function textOf(page: string): string {
  return page
    .replace(/<style>[\s\S]*?<\/style>/, '')
    .replace(/<[^>]*>/g, ' ')
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&quot;', '"')
    .replaceAll('&#39;', "'")
    .replaceAll('&amp;', '&')
    .replace(/\s+/g, ' ');
}
