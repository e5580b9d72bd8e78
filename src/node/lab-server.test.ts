import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type LabServer, startLab } from './lab-server.ts';

let folder: string;
let lab: LabServer;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halfopen-lab-'));
  await mkdir(join(folder, 'lab', 'assets'), { recursive: true });
  await writeFile(join(folder, 'secret.txt'), 'secret');
  await writeFile(join(folder, 'lab', 'index.html'), '<!doctype html>');
  await writeFile(join(folder, 'lab', 'assets', 'app-1a2b.js'), 'export {};');
  await symlink(join(folder, 'secret.txt'), join(folder, 'lab', 'link.txt'));
  lab = await startLab({ port: 0, root: join(folder, 'lab') });
});

afterAll(async () => {
  await lab.close();
  await rm(folder, { recursive: true });
});

interface Answer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: string;
}

/** Sends the path as it is: `fetch` would tidy `..` away before it leaves. */
function get(path: string, method = 'GET'): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: '127.0.0.1', port: lab.port, path, method, agent: false }, (response) => {
      let body = '';
      response.setEncoding('utf8').on('data', (piece: string) => {
        body += piece;
      });
      response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body }));
    });
    sent.on('error', reject).end();
  });
}

describe('files', () => {
  test('the page at / and its script, with the right types', async () => {
    const page = await get('/?x=1');
    expect([page.status, page.headers['content-type'], page.body]).toEqual([
      200,
      'text/html; charset=utf-8',
      '<!doctype html>',
    ]);
    expect(page.headers['cache-control']).toBe('no-cache');
    const script = await get('/assets/app-1a2b.js');
    expect(script.headers['content-type']).toBe('text/javascript; charset=utf-8');
    expect(script.headers['x-content-type-options']).toBe('nosniff');
  });

  test('HEAD has the length and no body; other methods are refused', async () => {
    const head = await get('/', 'HEAD');
    expect([head.status, head.headers['content-length'], head.body]).toEqual([200, '15', '']);
    expect((await get('/', 'POST')).status).toBe(405);
  });
});

test.each([
  '/../secret.txt',
  '/%2e%2e/secret.txt',
  '/..%2fsecret.txt',
  '/assets/../../secret.txt',
  '/..%5csecret.txt',
  '/link.txt',
  '//secret.txt',
  '/%00',
  '/%zz',
  '/assets/',
])('nothing outside the folder: %s', async (path) => {
  const answer = await get(path);
  expect(answer.status).toBe(404);
  expect(answer.body).not.toContain('secret');
});

describe('starting', () => {
  test('a port in use is one sentence', async () => {
    const again = startLab({ port: lab.port, root: join(folder, 'lab') });
    await expect(again).rejects.toThrow(`cannot serve the lab on 127.0.0.1:${lab.port}: the port is in use`);
  });

  test('or another port, when any will do', async () => {
    const other = await startLab({ port: lab.port, orAnyPort: true, root: join(folder, 'lab') });
    expect(other.port).not.toBe(lab.port);
    await other.close();
  });

  test('a folder without a page is not a lab', async () => {
    await expect(startLab({ port: 0, root: folder })).rejects.toThrow(/not built: no index\.html/);
  });
});
