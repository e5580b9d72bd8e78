/** The flood in the lab, in a real browser: the same run as in Node, whole by keyboard, and a page that never freezes. */
import { mkdtempSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BrowserContext, Page } from 'playwright-core';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { parseFloodScenario } from '../../src/scenario/parse.ts';
import type { FloodScenario } from '../../src/sim/flood-model.ts';
import { FloodRun, runFlood } from '../../src/sim/flood-run.ts';
import { applyKnobs, type FloodKnobs, UNTURNED } from '../../src/view/flood-knobs.ts';
import { frameSentence, momentSentence } from '../../src/view/flood-sentence.ts';
import { verdictOf } from '../../src/view/verdict-sentence.ts';
import { findBrowser, type TestBrowser } from './browser.ts';
import { type ServedLab, serveLab } from './serve-lab.ts';

const ID = 'syn-flood';

let browser: TestBrowser;
let lab: ServedLab;
let scenario: FloodScenario;
let context: BrowserContext | undefined;
const complaints: string[] = [];

beforeAll(async () => {
  [browser, lab, scenario] = [await findBrowser(), await serveLab(), await shipped(ID)];
});
afterAll(() => lab?.close());
afterEach(async () => {
  await context?.close();
  context = undefined;
  // Whatever a test did, the console must have stayed silent.
  expect(complaints.splice(0)).toEqual([]);
});

describe('a flood', () => {
  test('is the same run as in Node, and so is each frame of it', async () => {
    const page = await open(`#s=${ID}`);
    expect(await hash(page)).toBe(runFlood(scenario).hash);
    const run = new FloodRun(scenario, { ages: 'yes' });
    for (const sample of [0, 25, 26, 40, 150]) {
      run.runTo(sample * scenario.sampleEvery);
      await goTo(page, sample);
      expect(await live(page)).toBe(frameSentence(run.frame()));
      expect(await page.getAttribute('.slots', 'aria-label')).toContain(frameSentence(run.frame()));
    }
    // Back again: frames are kept, nothing runs twice.
    await goTo(page, 0);
    expect(await live(page)).toContain('0.000 s. 0 of 129 slots');
  });

  test('shows the counters of nstat and the command for a real host', async () => {
    const page = await open(`#s=${ID}&step=150`);
    const run = new FloodRun(scenario);
    run.runTo(150 * scenario.sampleEvery);
    const drops = run.frame().counters.ListenDrops ?? 0;
    expect(drops).toBeGreaterThan(0);
    expect(await page.locator('.counters').textContent()).toContain(
      `TcpExtListenDrops${drops.toLocaleString('en-US')}`,
    );
    expect(await page.locator('.bridge code').textContent()).toMatch(/^nstat -az TcpExtListenDrops|^ss -tan/);
  });

  test('every slot can be looked at by keyboard, and by mouse', async () => {
    const page = await open(`#s=${ID}&step=150`);
    const before = await live(page);
    await page.locator('.slots').focus();
    await page.keyboard.press('ArrowRight');
    expect(await page.locator('.slot-line').textContent()).toMatch(
      /^Slot 0: (free|[\d.]+, (1 SYN\/ACK|\d+ SYN\/ACKs), .* old, \d+ s left)$/,
    );
    // Addresses and times come through the worker as they were.
    const run = new FloodRun(scenario, { ages: 'yes' });
    run.runTo(150 * scenario.sampleEvery);
    const first = run.frame().slots.find((slot) => slot.slot === 0);
    const age = (run.now - (first?.since ?? 0)) / 1e9;
    expect(await page.locator('.slot-line').textContent()).toContain(
      first === undefined ? 'free' : `${first.remote}, ${first.synAcks} SYN/ACK`,
    );
    if (age >= 1) expect(await page.locator('.slot-line').textContent()).toContain(`${age.toFixed(1)} s old`);
    await page.keyboard.press('ArrowDown');
    expect(await page.locator('.slot-line').textContent()).toMatch(/^Slot 1\d: /);
    // The entry's own SYN shows in the ladder, over the band of all others.
    await page.waitForSelector('.watched');
    expect(await page.locator('.watched text').first().textContent()).toMatch(/^[\d.]+ SYN$/);
    await page.keyboard.press('Escape');
    await page.waitForSelector('.watched', { state: 'detached' });
    // The arrows of the grid do not move time.
    expect(await live(page)).toBe(before);
  });
});

describe('the lesson', () => {
  test('lights each step as its moment comes; those that have come stay, those to come show their title only', async () => {
    const four = await shipped('syn-flood-lesson');
    const { moments } = runFlood(four);
    const page = await open('#s=syn-flood-lesson');
    expect(await page.locator('.steps > li').count()).toBe(4);
    expect(await page.locator('.steps > .ahead').count()).toBe(4);
    expect(await page.locator('.steps').textContent()).not.toContain(four.lesson[2]?.say ?? '');
    const full = moments.find((moment) => moment.what === 'queue-full')?.t ?? 0;
    await goTo(page, Math.ceil(full / four.sampleEvery));
    expect(await page.locator('.steps > .now h2').textContent()).toBe(four.lesson[2]?.title);
    expect(await page.locator('.steps > .done').count()).toBe(2);
    await page.keyboard.press('ArrowLeft');
    expect(await page.locator('.steps > .now h2').textContent()).toBe(four.lesson[1]?.title);
  });

  test('asks, says why an answer is wrong, and keeps what was answered', async () => {
    const page = await open('#s=syn-flood-lesson&step=26');
    const four = await shipped('syn-flood-lesson');
    const answers = four.lesson[0]?.ask?.answers ?? [];
    await page.getByRole('button', { name: answers[1]?.say ?? '' }).click();
    expect(await page.locator('.why-answer').textContent()).toBe(answers[1]?.why.trim());
    await page.getByRole('button', { name: answers[0]?.say ?? '' }).click();
    expect(await page.locator('.why-answer').textContent()).toBe(answers[0]?.why);
    await page.keyboard.press('End');
    expect(await page.locator('.answer.right').count()).toBe(1);
    // The one that nobody answered has given way to the newest.
    expect(await page.locator('.question').count()).toBe(2);
  });
});

describe('by keyboard', () => {
  test('steps by samples, jumps to drops, expiries and turns of the story', async () => {
    const { moments, series } = runFlood(scenario);
    const page = await open(`#s=${ID}`);
    await page.keyboard.press('ArrowRight');
    expect(await time(page)).toBe(scenario.sampleEvery);
    await page.keyboard.press('Home');
    await page.keyboard.press('s');
    // The first frame that shows it.
    expect(await time(page)).toBe(Math.ceil((moments[0]?.t ?? -1) / scenario.sampleEvery) * scenario.sampleEvery);
    await page.keyboard.press('Home');
    await page.keyboard.press('d');
    const dropped = series.columns.dropsSynQueue.findIndex((count) => count > 0);
    expect(await time(page)).toBe((dropped + 1) * scenario.sampleEvery);
    await page.keyboard.press('e');
    expect(await time(page)).toBeGreaterThan((dropped + 1) * scenario.sampleEvery);
    await page.keyboard.press('End');
    expect(await time(page)).toBe(scenario.until);
  });

  test('plays and pauses', async () => {
    const page = await open(`#s=${ID}`);
    await page.keyboard.press('Space');
    await page.waitForSelector('[aria-label="Pause"]');
    // Reduced motion shows one picture a second.
    await page.waitForFunction(() => Number(document.querySelector('.scrub')?.getAttribute('aria-valuenow')) > 1);
    await page.keyboard.press('Space');
    await page.waitForSelector('[aria-label="Play"]');
    expect(await time(page)).toBeGreaterThan(0);
  });

  test('t tells the same as sentences and tables', async () => {
    const report = runFlood(scenario);
    const page = await open(`#s=${ID}`);
    await page.keyboard.press('End');
    await page.keyboard.press('t');
    expect(await page.locator('.flood-text li').allTextContents()).toEqual(report.moments.map(momentSentence));
    const all = report.clients.find((clients) => clients.name === 'all');
    expect(await page.locator('.flood-text table').last().textContent()).toContain(String(all?.connected));
    const [holders, series] = await Promise.all(
      [0, 1].map((i) => page.locator('.flood-text table').nth(i).locator('tbody tr').count()),
    );
    expect(holders).toBe(1);
    expect(series).toBeGreaterThan(10);
  });
});

describe('knobs', () => {
  test('run it again on the same seed; reset brings the scenario back', async () => {
    const own = runFlood(scenario).hash;
    const page = await open(`#s=${ID}`);
    await page.selectOption('[aria-label="Backlog"]', '512');
    await page.waitForSelector(`main.lab[data-hash="${turned({ backlog: 512 }).hash}"]`);
    expect(await page.locator('.knob.turned').count()).toBe(1);
    await page.selectOption('[aria-label="Source addresses"]', 'live');
    await page.waitForSelector(`main.lab[data-hash="${turned({ backlog: 512, spoof: 'live' }).hash}"]`);
    expect(await page.locator('.knob-note').textContent()).toContain('2 knobs');
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.waitForSelector(`main.lab[data-hash="${own}"]`);
  });

  test('another seed is again the same run as in Node', async () => {
    const page = await open(`#s=${ID}&k=backlog.64`);
    await page.fill('[aria-label="Seed of the run"]', '4294967295');
    await page.keyboard.press('Enter');
    const run = runFlood(applyKnobs(scenario, { ...UNTURNED, backlog: 64 }), { seed: 0xffff_ffff });
    await page.waitForSelector(`main.lab[data-hash="${run.hash}"]`);
  });

  test('the rate is a slider with the arrow keys', async () => {
    const page = await open(`#s=${ID}`);
    await page.locator('[aria-label="Rate"]').focus();
    await page.keyboard.press('ArrowRight');
    await page.waitForSelector(`main.lab[data-hash="${turned({ rate: 500 }).hash}"]`);
    expect(await page.locator('[aria-label="Rate"]').getAttribute('aria-valuetext')).toBe('500 SYN/s');
  });

  test('two defences stand side by side: same seed, same axes, a verdict each', async () => {
    const page = await open(`#s=${ID}&step=150`);
    await page.selectOption('[aria-label="A second defence beside it"]', 'syn-cookies');
    const [left, right] = [turned({}), turned({ defence: 'syn-cookies' })];
    await page.waitForSelector(`main.lab[data-hash="${left.hash} ${right.hash}"]`);
    expect(await page.locator('.column').count()).toBe(2);
    const said = await page.locator('.verdict').allTextContents();
    expect(said[0]).toContain(verdictOf(left, right).bought);
    expect(said[1]).toContain(verdictOf(right, left).cost);
    const tops = await page.$$eval('.column', (columns) =>
      columns.map((column) => [...column.querySelectorAll('.plot-tick text')].map((text) => text.textContent)),
    );
    expect(tops[0]).toEqual(tops[1]);
    const queues = await page.$$eval('.synq', (all) => all.map((one) => one.getBoundingClientRect().top));
    expect(queues[0]).toBe(queues[1]);
  });

  test('a shared link brings back knobs, both columns and the moment', async () => {
    const first = await open(`#s=${ID}&step=100&k=backlog.64&beside=oldest-drop`);
    const sentence = await live(first);
    await first.getByRole('button', { name: /^Share/ }).click();
    const link = new URL(first.url()).hash;
    expect(link).toBe(`#s=${ID}&step=100&k=backlog.64&beside=oldest-drop`);
    await context?.close();
    const second = await open(link);
    expect(await live(second)).toBe(sentence);
    expect(await second.locator('.column').count()).toBe(2);
  });
});

describe('the page', () => {
  test('never freezes while a heavy flood runs, and a turned knob ends that run at once', async () => {
    const page = await open(`#s=${ID}`);
    await page.evaluate(() => {
      // Tasks of more than 50 ms, and the time between two beats, in which a busy machine may have done something else.
      const { dataset } = document.body;
      const most = (name: string, ms: number): void => {
        dataset[name] = String(Math.max(Number(dataset[name] ?? 0), ms));
      };
      new PerformanceObserver((list) => {
        for (const entry of list.getEntries()) most('task', entry.duration);
      }).observe({ entryTypes: ['longtask'] });
      let last = performance.now();
      const beat = (): void => {
        most('gap', performance.now() - last);
        last = performance.now();
        setTimeout(beat, 5);
      };
      beat();
    });
    await page.evaluate(() => {
      location.hash = '#s=syn-flood&k=rate.100000_backlog.4096&beside=syn-cookies';
    });
    await page.waitForSelector('main.lab.pair[aria-busy="true"] .slots');
    // Somebody looks around meanwhile.
    for (let i = 0; i < 20; i++) await page.keyboard.press('ArrowRight');
    await page.waitForTimeout(1500);
    const worst = await page.evaluate(() => ({ task: 0, gap: 0, ...document.body.dataset }));
    expect(await page.getAttribute('main.lab', 'aria-busy')).toBe('true');
    const asked = performance.now();
    await page.getByRole('button', { name: 'Reset' }).click();
    await page.waitForSelector(`main.lab[data-hash="${runFlood(scenario).hash}"]`);
    const reset = performance.now() - asked;
    const [task, gap] = [Number(worst.task), Number(worst.gap)];
    console.log(`longest task ${task} ms, longest silence ${gap.toFixed(0)} ms, reset in ${reset.toFixed(0)} ms`);
    // The goal is 100 ms; a busy test machine gets more.
    expect(task).toBeLessThan(500);
    expect(gap).toBeLessThan(1500);
  });

  test('leaves a flood that still runs for a handshake, and does not fall back', async () => {
    const page = await open(`#s=${ID}`);
    await page.evaluate(() => {
      location.hash = '#s=syn-flood&k=rate.100000';
    });
    await page.waitForSelector('main.lab.flood[aria-busy="true"] .slots');
    await page.evaluate(() => {
      location.hash = '#s=lost-syn';
    });
    await page.waitForSelector('main.lab:not(.flood)[data-hash]');
    await page.waitForTimeout(400);
    expect(await page.locator('main.lab.flood').count()).toBe(0);
    expect(await page.locator('.endpoints .machine').count()).toBe(2);
  });

  test.each([390, 800, 1200, 1440])('has no horizontal overflow at %i px, with one column or two', async (width) => {
    const page = await open(`#s=${ID}&step=150`, { width, height: 900 });
    const fits = async (): Promise<void> =>
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    await fits();
    await page.keyboard.press('t');
    await fits();
    await page.selectOption('[aria-label="A second defence beside it"]', 'oldest-drop');
    await page.waitForSelector('main.lab.pair[data-hash]');
    await fits();
    await page.keyboard.press('t');
    await fits();
  });

  test('everything that can be done has a name', async () => {
    const page = await open(`#s=${ID}&step=150&k=backlog.64&beside=oldest-drop`);
    const nameless = await page.evaluate(() =>
      [...document.querySelectorAll('button, select, [role=button], [role=slider], [tabindex="0"], input, a')]
        .filter(
          (e) => !(e.getAttribute('aria-label') || e.textContent?.trim() || e.closest('label')?.textContent?.trim()),
        )
        .map((e) => e.outerHTML.slice(0, 80)),
    );
    expect(nameless).toEqual([]);
  });

  test('pictures: light, dark, contrast, side by side, phone', async () => {
    const folder = process.env.UPDATE_SCREENSHOTS === '1' ? 'docs/img' : mkdtempSync(join(tmpdir(), 'halfopen-img-'));
    for (const [name, hash, size, scheme] of PICTURES) {
      const page = await open(hash, size, scheme === 'dark' ? 'dark' : 'light');
      if (scheme === 'contrast')
        await page.evaluate(() => document.documentElement.setAttribute('data-theme', 'contrast'));
      const picture = await page.screenshot({ path: join(folder, `${name}.png`) });
      expect(picture.length).toBeGreaterThan(30_000);
      await context?.close();
    }
  });
});

const WIDE = { width: 1440, height: 900 };

const PICTURES: readonly (readonly [string, string, typeof WIDE, 'light' | 'dark' | 'contrast'])[] = [
  ['flood-light', '#s=syn-flood-lesson&step=76', WIDE, 'light'],
  ['flood-dark', `#s=${ID}&step=140&k=spoof.live_rate.5000`, WIDE, 'dark'],
  ['flood-contrast', '#s=syn-flood-lesson&step=76', WIDE, 'contrast'],
  ['flood-beside', '#s=syn-flood-lesson&step=140&beside=syn-cookies', WIDE, 'light'],
  ['flood-phone', '#s=syn-flood-lesson&step=140', { width: 390, height: 844 }, 'light'],
];

async function open(link: string, size = WIDE, theme: 'light' | 'dark' = 'light'): Promise<Page> {
  context = await browser.open({ viewport: size, colorScheme: theme, reducedMotion: 'reduce' });
  const page = context.pages()[0] ?? (await context.newPage());
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('request', (request) => {
    if (!request.url().startsWith(lab.url) && !request.url().startsWith('data:')) complaints.push(request.url());
  });
  await page.goto(lab.url + link);
  await page.waitForSelector('main.lab.flood[data-hash]');
  return page;
}

async function shipped(id: string): Promise<FloodScenario> {
  const path = `scenarios/${id}.yaml`;
  return parseFloodScenario(await readFile(path, 'utf8'), path);
}

function turned(change: Partial<FloodKnobs>): ReturnType<typeof runFlood> {
  return runFlood(applyKnobs(scenario, { ...UNTURNED, ...change }));
}

async function hash(page: Page): Promise<string | null> {
  return page.getAttribute('main.lab', 'data-hash');
}

/** Through the keyboard: Home, then so many samples. */
async function goTo(page: Page, sample: number): Promise<void> {
  await page.keyboard.press('Home');
  for (let i = 0; i < sample; i++) await page.keyboard.press('ArrowRight');
}

async function live(page: Page): Promise<string> {
  await page.evaluate(() => new Promise((drawn) => requestAnimationFrame(drawn)));
  return (await page.textContent('#live')) ?? '';
}

/** The moment of the frame that is shown, in ns. */
async function time(page: Page): Promise<number> {
  return Math.round(Number((await live(page)).split(' ')[0]) * 1e9);
}
