/** The report in a real browser: silent console, no request, nothing wider than the page, readable in light, dark and print. */
import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { BrowserContext, Page } from 'playwright-core';
import { afterEach, beforeAll, describe, expect, test } from 'vitest';
import { reportPage } from '../../src/view/report/report-page.ts';
import { aFlood, someFindings } from '../support/findings-builder.ts';
import { aReport } from '../support/report-builder.ts';
import { runCli } from '../support/run-cli.ts';
import { findBrowser, type TestBrowser } from './browser.ts';

const folder = process.env.KEEP_REPORT ?? mkdtempSync(join(tmpdir(), 'halfopen-report-'));
const complaints: string[] = [];
let browser: TestBrowser;
let context: BrowserContext | undefined;

beforeAll(async () => {
  browser = await findBrowser();
});
afterEach(async () => {
  await context?.close();
  context = undefined;
  expect(complaints.splice(0)).toEqual([]);
});

const TWO = aReport({
  findings: someFindings({
    judgements: [
      aFlood(),
      aFlood({
        kind: 'scan',
        subject: { role: 'source', address: 0xc6336407, port: -1, prefix: '' },
        onset: 2e9,
        end: -1,
        queue: undefined,
        sentence: 'Port scan from 198.51.100.7: 1,000 ports of 203.0.113.80.',
      }),
    ],
  }),
});

describe('the report', () => {
  for (const width of [360, 768, 1280]) {
    test(`is no wider than a page of ${width} px`, async () => {
      for (const [name, input] of [
        ['flood', aReport()],
        ['two', TWO],
      ] as const) {
        const page = await open(name, reportPage(input), { width, height: 900 });
        const wide = await page.evaluate(() => {
          const most = document.documentElement.clientWidth;
          return [...document.querySelectorAll('body *')]
            .filter((e) => !e.closest('.only-read') && e.getBoundingClientRect().right > most + 0.5)
            .map((e) => e.outerHTML.slice(0, 120));
        });
        expect(wide).toEqual([]);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(width);
        await context?.close();
      }
    });
  }

  test('the browser nests the elements as they were written', async () => {
    const text = reportPage(TWO);
    const page = await open('nesting', text, WIDE);
    // A parser that had to repair something would have added or dropped elements.
    expect(await page.evaluate(() => document.querySelectorAll('*').length)).toBe(text.match(/<[a-z]/g)?.length);
  });

  test('on paper, A4 and Letter', async () => {
    const page = await open('paper', reportPage(aReport()), WIDE, 'dark');
    for (const format of ['A4', 'Letter'] as const) {
      const pdf = await page.pdf({ format, path: join(folder, `${format}.pdf`) });
      expect(pdf.subarray(0, 5).toString()).toBe('%PDF-');
    }
    await page.emulateMedia({ media: 'print', colorScheme: 'dark' });
    expect(await page.evaluate(() => getComputedStyle(document.body).backgroundColor)).toBe('rgb(255, 255, 255)');
  });

  test('pictures of a simulated flood: light, dark, phone', async () => {
    const out = process.env.UPDATE_SCREENSHOTS === '1' ? 'docs/img' : mkdtempSync(join(tmpdir(), 'halfopen-img-'));
    const [capture, report] = [join(folder, 'flood.pcapng'), join(folder, 'flood.html')];
    expect((await runCli(['run', 'syn-flood', '--pcapng', capture])).code).toBe(0);
    expect(await runCli(['explain', capture, '--no-attempts', '--report', report])).toMatchObject({ code: 0, err: '' });
    for (const [name, size, theme, heading] of PICTURES) {
      const page = await open(name, readFileSync(report, 'utf8'), size, theme);
      expect(await page.textContent('h1')).toBe('SYN flood against 203.0.113.80:80');
      if (heading !== '') await page.locator('h3', { hasText: heading }).evaluate((h) => h.scrollIntoView());
      expect((await page.screenshot({ path: join(out, `${name}.png`) })).length).toBeGreaterThan(20_000);
      await context?.close();
    }
  });
});

const WIDE = { width: 1100, height: 1000 };

/** The heading that stands at the top; '' is the top of the page. */
const PICTURES: readonly (readonly [string, typeof WIDE, 'light' | 'dark', string])[] = [
  ['report-light', WIDE, 'light', ''],
  ['report-dark', WIDE, 'dark', 'Over time'],
  ['report-phone', { width: 390, height: 844 }, 'light', 'Attempts as ladders'],
];

async function open(
  name: string,
  text: string,
  size: { width: number; height: number },
  theme: 'light' | 'dark' = 'light',
): Promise<Page> {
  const path = join(folder, `${name}.html`);
  writeFileSync(path, text);
  context = await browser.open({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' });
  const page = context.pages()[0] ?? (await context.newPage());
  const url = pathToFileURL(path).href;
  page.on('console', (message) => complaints.push(message.text()));
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (request.url() !== url) complaints.push(request.url());
  });
  await page.goto(url);
  return page;
}
