/** The lab in a real browser: what people see must be what the engine recorded, by keyboard alone and at any width. */
import { mkdtempSync } from 'node:fs';
import { readdir, readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { isFlood, parseAnyScenario, parseScenario } from '../../src/scenario/parse.ts';
import { record } from '../../src/sim/record.ts';
import type { Recording } from '../../src/sim/recording.ts';
import { Numbers } from '../../src/view/numbers.ts';
import { stepSentence } from '../../src/view/sentence.ts';
import { findBrowser, type TestBrowser } from './browser.ts';
import { type ServedLab, serveLab } from './serve-lab.ts';

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
  // Whatever a test did, the console must have stayed silent.
  expect(complaints.splice(0)).toEqual([]);
});

describe('the handshake of the lesson', () => {
  test('is the same run as in Node: same hash, same numbers in every sentence', async () => {
    const recording = await recordInNode('three-way-handshake');
    const page = await open('#s=three-way-handshake');
    expect(await page.getAttribute('main.lab', 'data-hash')).toBe(recording.hash);
    expect(await sentences(page, recording)).toEqual(sentencesOf(recording));
    // X and Y themselves, not only the words around them.
    await page.keyboard.press('Home');
    expect(await page.locator('.tcb').textContent()).not.toContain(grouped(recording.x));
    await page.keyboard.press('End');
    expect(await page.locator('.tcb').textContent()).toContain(grouped(recording.x));
    expect(await page.locator('.tcb').textContent()).toContain(grouped(recording.y));
  });

  test('with another seed is again the same run as in Node', async () => {
    const page = await open('#s=three-way-handshake');
    await page.fill('[aria-label="Seed of the run"]', '4294967295');
    await page.keyboard.press('Enter');
    const recording = await recordInNode('three-way-handshake', 0xffff_ffff);
    await page.waitForSelector(`main.lab[data-hash="${recording.hash}"]`);
  });

  test('every shipped scenario hashes the same in Node and in the browser', async () => {
    const page = await open('#s=three-way-handshake');
    const files = (await readdir('scenarios')).filter((name) => name.endsWith('.yaml'));
    expect(files.length).toBeGreaterThanOrEqual(14);
    for (const id of files.map((name) => name.slice(0, -5))) {
      // flood.test.ts has the floods.
      if (isFlood(parseAnyScenario(await readFile(`scenarios/${id}.yaml`, 'utf8'), id))) continue;
      const recording = await recordInNode(id);
      await page.evaluate((hash) => {
        location.hash = hash;
      }, `#s=${id}`);
      await page.waitForSelector(`main.lab[data-hash="${recording.hash}"]`);
    }
  });

  test('steps forwards and backwards by keyboard, states with it', async () => {
    const page = await open('#s=three-way-handshake');
    const forwards = [await states(page)];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('ArrowRight');
      forwards.push(await states(page));
    }
    expect(forwards.at(-1)).toEqual(['ESTABLISHED', 'ESTABLISHED']);
    expect(forwards).toContainEqual(['SYN-SENT', 'SYN-RECEIVED']);
    const backwards = [await states(page)];
    for (let i = 0; i < 4; i++) {
      await page.keyboard.press('ArrowLeft');
      backwards.push(await states(page));
    }
    expect(backwards.reverse()).toEqual(forwards);
  });

  test('n shows X and Y everywhere, t the same sentences as a list and a table', async () => {
    const recording = await recordInNode('three-way-handshake');
    const page = await open('#s=three-way-handshake');
    await page.keyboard.press('End');
    await page.keyboard.press('n');
    await page.keyboard.press('n');
    expect(await page.locator('.lad svg').textContent()).toContain('SYN/ACK seq=Y ack=X+1');
    await page.keyboard.press('t');
    const numbers = new Numbers(recording, 'symbolic');
    expect(await page.locator('.text-view li').allTextContents()).toEqual(
      recording.steps.map((step) => stepSentence(recording, step, numbers)),
    );
    expect(await page.locator('.text-view tbody tr').count()).toBe(recording.flights.length);
  });
});

describe('acting on the segment in flight', () => {
  test('x drops the SYN; it is sent again and both ends are established', async () => {
    const page = await open('#s=three-way-handshake&step=1');
    expect(await states(page)).toEqual(['SYN-SENT', 'LISTEN']);
    await page.keyboard.press('x');
    await page.waitForSelector('.arrow.lost');
    expect(await page.locator('.changes li').textContent()).toContain('Dropped SYN of Client');
    await page.keyboard.press('e');
    expect(await live(page)).toMatch(/retransmission timer.*SYN again/);
    await page.keyboard.press('End');
    expect(await states(page)).toEqual(['ESTABLISHED', 'ESTABLISHED']);
    await page.locator('.changes button').click();
    const untouched = await recordInNode('three-way-handshake');
    await page.waitForSelector(`main.lab[data-hash="${untouched.hash}"]`);
  });

  test('Enter on a segment in flight offers drop, delay and duplicate; a duplicate really arrives', async () => {
    const page = await open('#s=three-way-handshake&step=1');
    await page.locator('.arrow.in-flight').focus();
    await page.keyboard.press('Enter');
    await page.waitForSelector('.acts');
    expect(await page.locator('.acts button').allTextContents()).toEqual(['Drop', 'Delay', 'Duplicate']);
    await page.locator('.acts').getByText('Duplicate').click();
    await page.waitForSelector('.changes li');
    await page.keyboard.press('End');
    expect(await page.locator('.lad svg').textContent()).toContain('copy');
    expect(await states(page)).toEqual(['ESTABLISHED', 'ESTABLISHED']);
  });

  test('a shared link brings back scenario, step, numbers and what was changed', async () => {
    const first = await open('#s=three-way-handshake&step=1');
    await first.keyboard.press('x');
    await first.waitForSelector('.changes li');
    await first.keyboard.press('n');
    const sentence = await live(first);
    await first.getByRole('button', { name: /^Share/ }).click();
    const hash = new URL(first.url()).hash;
    await context?.close();
    const second = await open(hash);
    expect(await live(second)).toBe(sentence);
    expect(await second.locator('.changes li').count()).toBe(1);
  });

  test('a link to what is not there says so, and the page can be used', async () => {
    for (const name of ['constructor', 'x'.repeat(10_000)]) {
      const page = await open(`#s=${name}&step=1e9&seed=-1&k=rate.1000000000_defence.constructor&beside=constructor`);
      expect(await page.locator('.notice').textContent()).toBe(
        `The link names "${name.slice(0, 40)}", which is no scenario here. Choose one from the list.`,
      );
      const before = await live(page);
      await page.keyboard.press('ArrowRight');
      await page.waitForFunction((text) => document.querySelector('#live')?.textContent !== text, before);
      await context?.close();
    }
  });
});

describe('the page', () => {
  test.each([390, 800, 1200, 1440])(
    'has no horizontal overflow at %i px, at any step of a busy scenario',
    async (width) => {
      const page = await open('#s=lost-ack-then-data', { width, height: 900 });
      for (const key of ['Home', 'ArrowRight', 'ArrowRight', 'ArrowRight', 'End', 't']) {
        await page.keyboard.press(key);
        expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
      }
    },
  );

  test('everything that can be done has a name, and Tab reaches the ladder', async () => {
    const page = await open('#s=lost-syn&step=4');
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, [role=button], [role=slider], input, a')]
        .filter(
          (e) => !(e.getAttribute('aria-label') || e.textContent?.trim() || e.closest('label')?.textContent?.trim()),
        )
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect(nameless).toEqual([]);
    const reached = new Set<string>();
    for (let i = 0; i < 60; i++) {
      await page.keyboard.press('Tab');
      reached.add(await page.evaluate(() => document.activeElement?.getAttribute('aria-label') ?? ''));
    }
    expect([...reached].some((name) => /^SYN.*lost$/.test(name))).toBe(true);
    expect([...reached].some((name) => /in flight/.test(name))).toBe(true);
    expect(reached).toContain('Step back');
  });

  test('/ opens the scenarios, typing finds one, Enter opens it', async () => {
    const page = await open('#s=three-way-handshake');
    // Two keys before the next paint, as on a busy machine: the second belongs to the search already.
    const focused = await page.evaluate(async () => {
      document.body.dispatchEvent(new KeyboardEvent('keydown', { key: '/', bubbles: true }));
      await Promise.resolve();
      return document.activeElement?.getAttribute('type');
    });
    expect(focused).toBe('search');
    await page.keyboard.type('final ack');
    await page.keyboard.press('Enter');
    const recording = await recordInNode('lost-ack-then-data');
    await page.waitForSelector(`main.lab[data-hash="${recording.hash}"]`);
  });

  test('pictures, light and dark', async () => {
    const folder = process.env.UPDATE_SCREENSHOTS === '1' ? 'docs/img' : mkdtempSync(join(tmpdir(), 'halfopen-img-'));
    for (const theme of ['light', 'dark'] as const) {
      const page = await open('#s=lost-syn&step=4', { width: 1440, height: 900 }, theme);
      const picture = await page.screenshot({ path: join(folder, `lab-${theme}.png`) });
      expect(picture.length).toBeGreaterThan(50_000);
      await context?.close();
    }
  });
});

async function open(
  hash: string,
  size = { width: 1440, height: 900 },
  theme: 'light' | 'dark' = 'light',
): Promise<Page> {
  context = await browser.open({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  // The lab needs no network: any request to elsewhere is a fault.
  page.on('request', (request) => {
    if (!request.url().startsWith(lab.url) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(lab.url + hash);
  await page.waitForSelector('main.lab[data-hash]');
  return page;
}

async function recordInNode(id: string, seed?: number): Promise<Recording> {
  const path = `scenarios/${id}.yaml`;
  return record(parseScenario(await readFile(path, 'utf8'), path), seed === undefined ? {} : { seed });
}

function sentencesOf(recording: Recording): string[] {
  const numbers = new Numbers(recording, 'absolute', { group: '\u00a0' });
  return recording.steps.map((step) => stepSentence(recording, step, numbers));
}

/** What the live region says, step by step. */
async function sentences(page: Page, recording: Recording): Promise<string[]> {
  await page.keyboard.press('Home');
  const said = [await live(page)];
  for (let i = 1; i < recording.steps.length; i++) {
    await page.keyboard.press('ArrowRight');
    said.push(await live(page));
  }
  return said;
}

async function live(page: Page): Promise<string> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  return (await page.textContent('#live')) ?? '';
}

async function states(page: Page): Promise<string[]> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  return (await page.locator('[data-state]').allTextContents()).map((text) => text.trim());
}

function grouped(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u00a0');
}
