/** Every shipped scenario, exported as pcapng, is read by tshark without a warning: lengths, checksums, options. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PcapngWriter } from '../src/capture.ts';
import { isFlood, parseAnyScenario } from '../src/scenario.ts';
import { packetsOf, type Recording, record } from '../src/sim.ts';

const there = spawnSync('tshark', ['--version']).status === 0;
if (!there) console.log('skipped: tshark reads the scenarios (tshark is not installed)');

const RAW_IP = 101; // LINKTYPE_RAW
const folder = new URL('../scenarios/', import.meta.url);
const scenarios = readdirSync(folder)
  .filter((name) => name.endsWith('.yaml'))
  .map((name) => parseAnyScenario(readFileSync(new URL(name, folder), 'utf8'), name))
  .flatMap((scenario) => (isFlood(scenario) ? [] : [scenario]));

function pcapng(recording: Recording): Buffer {
  const writer = new PcapngWriter();
  const pieces = [writer.header('halfopen'), writer.addInterface({ linkType: RAW_IP })];
  for (const { t, bytes } of packetsOf(recording)) {
    pieces.push(writer.packet(Math.floor(t / 1e9), t % 1e9, bytes));
  }
  return Buffer.concat(pieces);
}

describe.skipIf(!there)('tshark', () => {
  const temporary = there ? mkdtempSync(join(tmpdir(), 'halfopen-')) : '';
  afterAll(() => {
    if (temporary !== '') rmSync(temporary, { recursive: true });
  });

  test.each(scenarios)('$id', (scenario) => {
    const recording = record(scenario);
    const file = join(temporary, `${scenario.id}.pcapng`);
    writeFileSync(file, pcapng(recording));
    const columns = ['ip.checksum.status', 'tcp.checksum.status', 'tcp.seq_raw', 'tcp.ack_raw', 'tcp.flags', 'tcp.len'];
    const checks = ['tcp.check_checksum:TRUE', 'ip.check_checksum:TRUE'].flatMap((pref) => ['-o', pref]);
    const fields = columns.flatMap((column) => ['-e', column]);
    const options = ['-n', '-r', file, ...checks, '-T', 'fields', ...fields, '-e', '_ws.malformed'];
    const run = spawnSync('tshark', options, { encoding: 'utf8' });
    expect(run.status).toBe(0);
    expect(run.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'))).toEqual([]);
    const want = recording.flights.map(({ segment: s }) =>
      // status 1 = good; the last column is empty unless something is malformed
      [1, 1, s.seq, s.ack, `0x${s.flags.toString(16).padStart(4, '0')}`, s.len, ''].join('\t'),
    );
    expect(run.stdout.split('\n').slice(0, -1)).toEqual(want);
  });
});
