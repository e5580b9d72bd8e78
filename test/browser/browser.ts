/**
 * A browser for the tests: the machine's Chrome, Chromium or Edge where there is one, else the Chromium that comes with
 * the npm packages. `CHROME_PATH` overrides. Nothing is downloaded.
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join, resolve } from 'node:path';
import { type BrowserContext, type BrowserContextOptions, chromium } from 'playwright-core';

export interface TestBrowser {
  /** Which browser it is, for the reader of a test report. */
  readonly name: string;
  /** A window with a profile of its own: nothing is shared between two of them. */
  open(options?: BrowserContextOptions): Promise<BrowserContext>;
}

/** Finds a browser; the one from npm is inflated once into `node_modules/.cache`. */
export async function findBrowser(): Promise<TestBrowser> {
  const installed = installedBrowser();
  if (installed !== undefined) return { name: installed, open: (options) => launch(installed, {}, options) };
  const { path, env } = await bundledBrowser();
  return { name: path, open: (options) => launch(path, env, options) };
}

async function launch(
  executablePath: string,
  env: Environment,
  options: BrowserContextOptions = {},
): Promise<BrowserContext> {
  const profile = mkdtempSync(join(tmpdir(), 'halfopen-browser-'));
  const context = await chromium.launchPersistentContext(profile, {
    executablePath,
    headless: true,
    args: FLAGS,
    env: { ...defined(process.env), ...env },
    ...options,
  });
  // A machine that is busy with other tests is not a fault of the page; how fast it is, is measured elsewhere.
  context.setDefaultTimeout(PATIENCE_MS);
  // The process still writes for a moment after its window is gone: try until it has ended. A leftover does no harm.
  context.on('close', () => {
    rm(profile, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 }).catch(() => undefined);
  });
  return context;
}

function installedBrowser(): string | undefined {
  const chosen = process.env.CHROME_PATH;
  if (chosen !== undefined && chosen !== '') return chosen;
  const folders = (process.env.PATH ?? '').split(delimiter);
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name)));
  return [...found, ...PLACES].find((path) => existsSync(path));
}

/**
 * The package unpacks into the temporary folder and keeps whatever it finds there; a folder of our own avoids sharing it.
 * It also carries the libraries that bare servers lack, but unpacks them only when it believes to be in a cloud function.
 */
async function bundledBrowser(): Promise<{ path: string; env: Environment }> {
  const folder = resolve('node_modules/.cache/halfopen-chromium');
  mkdirSync(folder, { recursive: true });
  const kept = { TMPDIR: process.env.TMPDIR, AWS_LAMBDA_JS_RUNTIME: process.env.AWS_LAMBDA_JS_RUNTIME };
  process.env.TMPDIR = folder;
  process.env.AWS_LAMBDA_JS_RUNTIME = 'nodejs20.x';
  try {
    const { default: bundled } = await import('@sparticuz/chromium');
    const path = await bundled.executablePath();
    const env: Environment = { FONTCONFIG_PATH: hasFonts() ? '/etc/fonts' : join(folder, 'fonts') };
    if (lacksLibraries(path)) env.LD_LIBRARY_PATH = join(folder, 'al2023', 'lib');
    return { path, env };
  } finally {
    restore(kept);
  }
}

function lacksLibraries(path: string): boolean {
  try {
    return execFileSync('ldd', [path], { encoding: 'utf8' }).includes('not found');
  } catch {
    return true; // no ldd: a machine this bare lacks libraries too
  }
}

function hasFonts(): boolean {
  return existsSync('/etc/fonts/fonts.conf') && existsSync('/usr/share/fonts');
}

function restore(kept: Readonly<Record<string, string | undefined>>): void {
  for (const [name, value] of Object.entries(kept)) {
    if (value === undefined) delete process.env[name];
    else process.env[name] = value;
  }
}

function defined(env: NodeJS.ProcessEnv): Environment {
  return Object.fromEntries(Object.entries(env).filter((entry): entry is [string, string] => entry[1] !== undefined));
}

type Environment = Record<string, string>;

/** Below the test's own limit, so that what was waited for is named. */
const PATIENCE_MS = 100_000;
/** No sandbox: test machines are often containers without user namespaces. Nothing but our own page is opened. */
const FLAGS: string[] = [
  '--headless=new',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

const NAMES: readonly string[] = [
  'google-chrome',
  'google-chrome-stable',
  'chromium',
  'chromium-browser',
  'microsoft-edge',
];

const PLACES: readonly string[] = [
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
  '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
  'C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Google\\Chrome\\Application\\chrome.exe',
  'C:\\Program Files (x86)\\Microsoft\\Edge\\Application\\msedge.exe',
];
