/** tshark as the judge of the display filters we print: each leaves the packets it promises, over IPv4 and IPv6. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PcapWriter } from '../src/capture.ts';
import type { Judgement } from '../src/diagnose/findings.ts';
import { displayFilters, packetFilter } from '../src/view/wireshark-filters.ts';
import { AddressTable } from '../src/wire/address.ts';
import { encodeIpPacket } from '../src/wire/packet.ts';
import { ACK, CWR, ECE, RST, Segment, SYN } from '../src/wire/segment.ts';
import { aFlood } from './support/findings-builder.ts';

const there = spawnSync('tshark', ['--version']).status === 0;
if (!there) console.log('skipped: tshark tries our display filters (tshark is not installed)');

const NETWORKS = [
  { client: '198.51.100.7', server: '203.0.113.80', prefix: '203.0.113.0/24' },
  { client: '2001:db8:1::7', server: '2001:db8:2::80', prefix: '2001:db8:2::/48' },
];
/** Two SYNs, three SYN/ACKs, four RSTs and an ACK, so that each filter has a count of its own. */
const FLAGS = [
  ...[SYN, SYN | ECE | CWR],
  ...[SYN | ACK, SYN | ACK, SYN | ACK | ECE],
  ...[RST | ACK, RST | ACK, RST | ACK, RST],
  ACK,
];

describe.skipIf(!there)('display filters', () => {
  const folder = there ? mkdtempSync(join(tmpdir(), 'halfopen-')) : '';
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  test('leave what they promise', () => {
    const addresses = new AddressTable();
    const writer = new PcapWriter({ linkType: 101 });
    const pieces: Uint8Array[] = [writer.header()];
    const filters: string[] = [];
    const expected: number[] = [];
    for (const { client, server, prefix } of NETWORKS) {
      const [c, s] = [addresses.parse(client), addresses.parse(server)];
      FLAGS.forEach((flags, i) => {
        const seg = new Segment();
        const ends = { src: c, dst: s, sport: 4000 + i, dport: 80 };
        const fromServer = (flags & SYN) === 0 ? (flags & RST) !== 0 : (flags & ACK) !== 0;
        Object.assign(seg, fromServer ? { src: s, dst: c, sport: 80, dport: 4000 + i } : ends);
        Object.assign(seg, { flags, seq: 100 + i, ack: (flags & ACK) !== 0 ? 5 : 0 });
        const bytes = new Uint8Array(200);
        const length = encodeIpPacket(seg, addresses, bytes, 0);
        pieces.push(writer.packet(1_700_000_000 + i, 0, bytes.subarray(0, length)));
      });
      const ask = (
        kind: Judgement['kind'],
        subject: Judgement['subject'],
        counts: readonly number[],
        attempts = 1,
      ): void => {
        const found = displayFilters(aFlood({ kind, subject, attempts }), addresses);
        filters.push(...found.slice(0, 3).map(({ filter }) => filter));
        expected.push(...counts);
      };
      ask('flood', { role: 'target', address: s, port: 80, prefix: '' }, [2, 3, 4]);
      ask('flood', { role: 'target', address: s, port: 81, prefix: '' }, [0, 0, 0]);
      ask('flood', { role: 'target', address: -1, port: -1, prefix }, [2, 3, 4]);
      ask('scan', { role: 'source', address: c, port: -1, prefix: '' }, [2, 3, 4]);
      // Where the SYNs in its name are not in the capture, and where they are: then with the RSTs that it sends.
      ask('reflection', { role: 'target', address: c, port: -1, prefix: '' }, [3, 4, 2], 0);
      ask('reflection', { role: 'target', address: c, port: -1, prefix: '' }, [2, 3, 0]);
      ask('backscatter', { role: 'source', address: s, port: 80, prefix: '' }, [3, 4, 2]);
    }
    const file = join(folder, 'both.pcap');
    writeFileSync(file, Buffer.concat(pieces));
    // One run: starting tshark takes longer than all filters together.
    const run = spawnSync('tshark', ['-n', '-q', '-r', file, '-z', `io,stat,0,${filters.join(',')}`], {
      encoding: 'utf8',
    });
    expect(run.status).toBe(0);
    const row = run.stdout.split('\n').find((line) => line.includes('<>')) ?? '';
    const numbers = row
      .split('|')
      .slice(2, -1)
      .map((cell) => Number(cell.trim()));
    // Two columns a filter: frames and bytes.
    expect(numbers.filter((_, i) => i % 2 === 0)).toEqual(expected);
  });

  test('by completeness and by packet number are filters that tshark knows', () => {
    const [, , , completeness] = displayFilters(aFlood(), new AddressTable());
    const filter = `(${completeness?.filter}) || ${packetFilter([2, 5])}`;
    const run = spawnSync('tshark', ['-n', '-r', '/dev/null', '-Y', filter], { encoding: 'utf8' });
    expect(run.stderr).not.toMatch(/filter|syntax|neither/i);
  });
});
