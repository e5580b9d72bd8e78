/** tshark as the judge of the capture writers: what we write it reads, with the same times, lengths and comments. */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { PcapngWriter, PcapWriter } from '../src/capture.ts';

const there = spawnSync('tshark', ['--version']).status === 0;
if (!there) console.log('skipped: tshark reads our captures (tshark is not installed)');

/** A SYN in IPv4, by hand: 192.0.2.1:49152 > 198.51.100.2:80, seq 100, both checksums right. */
const SYN_PACKET = Uint8Array.from([
  ...[0x45, 0, 0, 40, 0, 1, 0x40, 0, 64, 6, 0x4e, 0x98, 192, 0, 2, 1, 198, 51, 100, 2],
  ...[0xc0, 0, 0, 80, 0, 0, 0, 100, 0, 0, 0, 0, 0x50, 0x02, 0xff, 0xff, 0x02, 0xf7, 0, 0],
]);
const COLUMNS = ['frame.time_epoch', 'frame.len', 'frame.cap_len', 'tcp.flags.str', 'tcp.checksum.status'];

describe.skipIf(!there)('tshark', () => {
  const folder = there ? mkdtempSync(join(tmpdir(), 'halfopen-')) : '';
  afterAll(() => {
    if (folder !== '') rmSync(folder, { recursive: true });
  });

  function fields(name: string, pieces: readonly Uint8Array[], more: readonly string[] = []): string[] {
    const file = join(folder, name);
    writeFileSync(file, Buffer.concat(pieces));
    const columns = [...COLUMNS, ...more].flatMap((column) => ['-e', column]);
    const options = ['-o', 'tcp.check_checksum:TRUE', '-o', 'ip.check_checksum:TRUE', '-n', '-r', file, '-T', 'fields'];
    const run = spawnSync('tshark', [...options, ...columns], { encoding: 'utf8', env: { ...process.env, TZ: 'UTC' } });
    expect(run.status).toBe(0);
    // "Running as user root" is about tshark's own safety; anything else would be about our file.
    expect(run.stderr.split('\n').filter((line) => line !== '' && !line.startsWith('Running as user'))).toEqual([]);
    return run.stdout.trimEnd().split('\n');
  }

  test('pcapng: times to the nanosecond, interface name, comment, cut packet', () => {
    const writer = new PcapngWriter();
    const rows = fields(
      'a.pcapng',
      [
        writer.header('halfopen test'),
        writer.addInterface({ linkType: 101, name: 'client' }),
        writer.addInterface({ linkType: 228, name: 'server' }),
        writer.packet(1_700_000_000, 123_456_789, SYN_PACKET, { comment: 'SYN with X = 100' }),
        writer.packet(4_000_000_000, 1, SYN_PACKET, { interfaceId: 1, origLen: 1500 }),
      ],
      ['frame.interface_name', 'frame.comment'],
    );
    expect(rows[0]).toBe('1700000000.123456789\t40\t40\t··········S·\t1\tclient\tSYN with X = 100');
    expect(rows[1]).toMatch(/^4000000000\.000000001\t1500\t40\t··········S·\t\d\tserver/);
  });

  test.each([
    [true, '1700000000.123456789'],
    [false, '1700000000.123456000'],
  ])('pcap, nanoseconds: %s', (nanos, time) => {
    const writer = new PcapWriter({ linkType: 101, nanos });
    const rows = fields('a.pcap', [writer.header(), writer.packet(1_700_000_000, 123_456_789, SYN_PACKET)]);
    expect(rows).toEqual([`${time}\t40\t40\t··········S·\t1`]);
  });

  test('pcapng without names and comments', () => {
    const writer = new PcapngWriter();
    const file = join(folder, 'b.pcapng');
    writeFileSync(
      file,
      Buffer.concat([writer.header(), writer.addInterface({ linkType: 101 }), writer.packet(1, 2, SYN_PACKET)]),
    );
    expect(execFileSync('tshark', ['-n', '-r', file], { encoding: 'utf8', stdio: 'pipe' })).toContain('[SYN]');
  });
});
