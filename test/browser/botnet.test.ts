/** The map of a botnet in the lab, in a real browser: the same numbers as in Node, at every width and in every theme. */
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { parseFloodScenario } from '../../src/scenario/parse.ts';
import { FloodRun } from '../../src/sim/flood-run.ts';
import { botnetMap, mapSentence, mapTable } from '../../src/view/botnet-map.ts';
import { findBrowser, type TestBrowser } from './browser.ts';
import { type ServedLab, serveLab } from './serve-lab.ts';

const ID = 'botnet-behind-filters';

/** In samples of 0.5 s: bots wait for an order; most of them flood; the command host is down. */
const [WAITING, FLOODING, DOWN] = [16, 56, 110];

let browser: TestBrowser;
let lab: ServedLab;
let context: BrowserContext | undefined;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, lab] = [await findBrowser(), await serveLab()];
});
afterAll(() => lab?.close());
afterEach(async () => {
  await context?.close();
  context = undefined;
  expect(complaints.splice(0)).toEqual([]);
});

test('says and shows at each moment what the run in Node has, and follows the scrubber back', async () => {
  const path = `scenarios/${ID}.yaml`;
  const scenario = parseFloodScenario(await readFile(path, 'utf8'), path);
  const run = new FloodRun(scenario);
  const page = await open(WAITING);
  const maps: (ReturnType<typeof botnetMap> & object)[] = [];
  for (const sample of [WAITING, FLOODING, DOWN]) {
    run.runTo(sample * scenario.sampleEvery);
    const frame = run.frame(0);
    const map = botnetMap(frame.bots[0]!, scenario, frame.t);
    if (map === null) throw new Error('no map');
    maps.push(map);
    await goTo(page, sample);
    expect(await page.getAttribute('.botnet-map', 'aria-label')).toBe(mapSentence(map));
    const drawn = await page.$$eval('.map-flow path, path.map-flow', (paths) =>
      paths.map((path) => path.getAttribute('d') ?? ''),
    );
    // From each of three kinds: to the edge, what ends there, and on to the target.
    expect(drawn.filter((d) => d !== '')).toHaveLength(sample === FLOODING ? 9 : 0);
  }
  expect(await page.locator('.map-command.down').count()).toBe(1);
  expect(await page.locator('.map-link.down .map-cut').count()).toBe(3);
  expect(await page.locator('.botnet-map').textContent()).toContain('sinkhole');
  await page.keyboard.press('t');
  const cells = await page.locator('.bots-text tbody tr').first().locator('td').allTextContents();
  expect(cells).toEqual(mapTable(maps[2]!).rows[0]);
  await page.keyboard.press('t');
  await goTo(page, FLOODING);
  expect(await page.getAttribute('.botnet-map', 'aria-label')).toBe(mapSentence(maps[1]!));
  expect(await page.locator('.map-command.down').count()).toBe(0);
});

test.each([390, 720, 900, 1200, 1440])('no word is cut off, small or over another at %i px', async (width) => {
  const page = await open(FLOODING, { width, height: 900 });
  for (const sample of [FLOODING, DOWN]) {
    await goTo(page, sample);
    const found = await page.evaluate(() => {
      const svg = document.querySelector('.botnet-map svg')?.getBoundingClientRect();
      const texts = [...document.querySelectorAll('.botnet-map text')].map((text) => {
        const { left, right, top, bottom } = text.getBoundingClientRect();
        return {
          text: text.textContent,
          left,
          right,
          top,
          bottom,
          size: Number.parseFloat(getComputedStyle(text).fontSize),
        };
      });
      const out = texts.filter((t) => svg === undefined || t.left < svg.left - 0.5 || t.right > svg.right + 0.5);
      const over = texts.filter((a, i) =>
        texts.some(
          (b, j) => i < j && a.left < b.right && b.left < a.right && a.top + 2 < b.bottom && b.top + 2 < a.bottom,
        ),
      );
      return {
        words: texts.length,
        small: texts.filter(({ size }) => size < 12).map(({ text }) => text),
        out: out.map(({ text }) => text),
        over: over.map(({ text }) => text),
        page: document.documentElement.scrollWidth,
      };
    });
    expect(found).toMatchObject({ small: [], out: [], over: [] });
    expect(found.words).toBeGreaterThan(15);
    expect(found.page).toBeLessThanOrEqual(width);
  }
});

test('a cause of drops lights its counters and they it, an owner its slots and its flow', async () => {
  const page = await open(FLOODING);
  const lit = (selector: string): Promise<boolean> =>
    page
      .locator(selector)
      .first()
      .evaluate((e) => getComputedStyle(e).boxShadow !== 'none');
  const [cause, full, all] = [
    '.plots li[data-cause="syn-queue"]',
    '.counters [data-cause="syn-queue"]',
    '.counters div',
  ];
  await page.keyboard.press('End');
  await page.keyboard.press('Home');
  await goTo(page, FLOODING);
  expect([await lit(cause), await lit(full), await lit(all)]).toEqual([false, false, false]);
  await page.locator(cause).hover();
  expect([await lit(cause), await lit(full), await lit(all)]).toEqual([true, true, true]);
  await page.mouse.move(0, 0);
  await page.locator(full).focus();
  await page.keyboard.press('Tab');
  await page.keyboard.press('Shift+Tab');
  expect([await lit(cause), await lit(full)]).toEqual([true, true]);
  const width = (selector: string): Promise<string> =>
    page
      .locator(selector)
      .first()
      .evaluate((e) => getComputedStyle(e).strokeWidth);
  const thin = await width('.slot.silent');
  await page.locator('[data-owner="silent"]').hover();
  expect([thin, await width('.slot.silent'), await width('.map-flow.silent')]).not.toContain('0px');
  expect([await width('.slot.silent'), await width('.map-flow.silent')]).toEqual(['2px', '2px']);
  expect(thin).not.toBe('2px');
});

test('pictures: light, dark, contrast, phone, side by side', async () => {
  const folder = process.env.UPDATE_SCREENSHOTS === '1' ? 'docs/img' : mkdtempSync(join(tmpdir(), 'halfopen-img-'));
  for (const [name, sample, size, scheme, more] of PICTURES) {
    const page = await open(sample, size, scheme === 'dark' ? 'dark' : 'light', more);
    if (scheme === 'contrast')
      await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'contrast'));
    await page.locator('.botnet-map').first().scrollIntoViewIfNeeded();
    // Only the first is shown in the documents.
    const path = join(name === 'flood-botnet' ? folder : tmpdir(), `${name}.png`);
    expect((await page.screenshot({ path })).length).toBeGreaterThan(30_000);
    await context?.close();
  }
});

const WIDE = { width: 1440, height: 900 };
const PHONE = { width: 390, height: 844 };

const PICTURES: readonly (readonly [string, number, typeof WIDE, 'light' | 'dark' | 'contrast', string])[] = [
  ['flood-botnet', FLOODING, WIDE, 'light', ''],
  ['flood-botnet-dark', FLOODING, { width: 900, height: 900 }, 'dark', ''],
  ['flood-botnet-contrast', DOWN, WIDE, 'contrast', ''],
  ['flood-botnet-phone', FLOODING, PHONE, 'light', ''],
  ['flood-botnet-beside', FLOODING, WIDE, 'light', '&beside=syn-cookies'],
];

async function open(sample: number, size = WIDE, theme: 'light' | 'dark' = 'light', more = ''): Promise<Page> {
  context = await browser.open({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  await page.goto(`${lab.url}#s=${ID}&step=${sample}${more}`);
  await page.waitForSelector('main.lab.flood[data-hash]');
  return page;
}

/** Through the keyboard: Home, then so many samples. */
async function goTo(page: Page, sample: number): Promise<void> {
  await page.keyboard.press('Home');
  for (let i = 0; i < sample; i++) await page.keyboard.press('ArrowRight');
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
}
