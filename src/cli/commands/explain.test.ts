import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { Command } from 'commander';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { PcapWriter } from '../../capture.ts';
import { AddressTable } from '../../wire/address.ts';
import { encodeIpPacket } from '../../wire/packet.ts';
import { ACK, RST, Segment, SYN } from '../../wire/segment.ts';
import { registerExplain } from './explain.ts';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'halfopen-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
  vi.restoreAllMocks();
});

describe('halfopen explain', () => {
  test('summary first, then each attempt with its numbers', async () => {
    const file = written('a.pcap', lesson());
    const blocks = (await explain(file)).trimEnd().split('\n\n');
    expect(blocks.map((block) => block.split('\n'))).toEqual([
      [
        `${file}: pcap, 7 packets in 3.050 s, from 2023-11-14T22:13:20.000Z`,
        '  6 TCP segments: SYN 3, SYN/ACK 1, RST 1, FIN 0',
        '  2 attempts: completed 1, half-open 0, aborted 0, refused 1, unanswered 0',
        '  2 attempts: too little to say from where this was captured.',
        '  not whole TCP segments: 1 not IP',
        '  sent again: SYN once, SYN/ACK 0 times',
      ],
      [
        expect.stringMatching(/^Nothing unusual, /),
        '  No flood, scan, backscatter or storm among 2 attempts.',
        expect.stringMatching(/^ {2}because {4}for {6}/),
      ],
      [
        'completed   192.0.2.1:49152 > 198.51.100.80:80',
        '  SYN      packet 1 at 0 s: seq 1000 (X), sent again once, after 1.000 s',
        '  SYN/ACK  packet 3 +1.025 s: seq 5000 (Y), ack 1001 (X+1)',
        '  ACK      packet 4 +1.050 s: ack 5001 (Y+1)',
      ],
      [
        'refused     192.0.2.1:49153 > 198.51.100.80:81',
        '  SYN      packet 6 at 3.000 s: seq 7000 (X)',
        '  RST      packet 7 +50.000 ms: from the server, ack 7001 (X+1)',
      ],
    ]);
  });

  test('--limit says what it leaves out', async () => {
    const text = await explain(written('a.pcap', lesson()), '--limit', '1');
    expect(text).toContain('completed   192');
    expect(text).not.toContain('refused     192');
    expect(text).toContain('\n1 more attempt is not shown; --limit 0 shows all\n');
  });

  test('--report writes a page beside the text, of all attempts whatever is listed or chosen', async () => {
    const page = join(folder, 'report.html');
    const text = await explain(written('a.pcap', lesson()), '--limit', '1', '--port', '81', '--report', page);
    expect(text).toContain('refused     192.0.2.1:49153');
    const report = readFileSync(page, 'utf8');
    expect(report).toMatch(/^<!doctype html>/);
    expect(report).toContain('192.0.2.1:49152 to 198.51.100.80:80');
    expect(report).toContain('192.0.2.1:49153 to 198.51.100.80:81');
    expect(report).toContain('<code>a.pcap</code>');
  });

  test('a report that cannot be finished leaves nothing behind', async () => {
    const page = join(folder, 'report.html');
    await expect(explain(written('bad.pcap', [new Uint8Array(40)]), '--report', page)).rejects.toThrow();
    expect(readdirSync(folder)).toEqual(['bad.pcap']);
  });

  test("'-' reads standard input", async () => {
    const stdin = Readable.from(lesson());
    vi.spyOn(process, 'stdin', 'get').mockReturnValue(stdin as unknown as typeof process.stdin);
    expect(await explain('-')).toContain('standard input: pcap, 7 packets');
  });

  test('a cut last record: all before it is explained, then it fails and says what is missing', async () => {
    const whole = Buffer.concat(lesson());
    const out: string[] = [];
    const cut = explainInto(out, written('cut.pcap', [whole.subarray(0, whole.length - 5)]));
    await expect(cut).rejects.toThrow(/cut\.pcap: the file ends within the record at byte \d+: .* 5 missing$/);
    const text = out.join('');
    expect(text).toContain('the file ends within the record at byte');
    expect(text).toContain('unanswered  192.0.2.1:49153');
  });

  test('damage in the middle: what stands before it is explained, then it fails', async () => {
    const damaged = [...lesson(), new Uint8Array(16).fill(0xff)];
    const file = written('bad.pcap', damaged);
    const out: string[] = [];
    await expect(explainInto(out, file)).rejects.toThrow(
      /bad\.pcap: damaged at byte \d+: the record claims 4294967295 captured bytes, expected at most 262144$/,
    );
    expect(out.join('')).toContain('2 attempts: completed 1');
  });

  test.each([
    ['notes.txt', 'Dear diary', "not a capture: it begins with the text 'Dear', expected pcap or pcapng magic"],
    ['empty', '', 'not a capture: the file is empty, expected pcap or pcapng magic'],
  ])('%s is no capture: one sentence', async (name, content, sentence) => {
    const file = written(name, [Buffer.from(content)]);
    await expect(explain(file)).rejects.toMatchObject({ name: 'CaptureError', message: `${file}: ${sentence}` });
  });

  test('no such file, and a folder: one sentence', async () => {
    const missing = join(folder, 'missing.pcap');
    await expect(explain(missing)).rejects.toMatchObject({
      name: 'HalfopenError',
      message: `${missing}: no such file, expected a pcap or pcapng capture`,
    });
    await expect(explain(folder)).rejects.toThrow(`${folder}: is a folder, expected a pcap or pcapng capture`);
  });

  test.each([
    [['--csv', '-', '--json'], '--csv and --json both go to standard output, expected a file for one of them'],
    [
      ['--csv', '@/x', '--parquet', '@/y/../x'],
      '--parquet and --csv both go to @/y/../x, expected a file for one of them',
    ],
    [['--zeek', '@/a.pcap'], '--zeek: @/a.pcap is the capture, it would be overwritten'],
    [['--parquet', '@/no/x'], 'cannot write @/no/x: there is no folder @/no'],
    [['--csv', '@/y.csv', '--zeek', '@/no/x'], 'cannot write @/no/x: there is no folder @/no'],
    [['--verdict', 'refusd'], '--verdict: there is no verdict "refusd"; did you mean refused?'],
    [['--limit', 'all'], '--limit: expected a whole number from 0 to 1000000000, found "all"'],
  ])('%j: one sentence, and nothing is left behind', async (args, sentence) => {
    const file = written('a.pcap', lesson());
    const out: string[] = [];
    const asked = explainInto(out, file, ...args.map((arg) => arg.replace('@', folder)));
    await expect(asked).rejects.toThrow(sentence.replaceAll('@', folder));
    expect(out).toEqual([]);
    expect(readdirSync(folder)).toEqual(['a.pcap']);
  });

  test("Zeek's conn.log has what the capture has", async () => {
    await explain(written('a.pcap', lesson()), '--zeek', join(folder, 'conn.log'));
    const log = readFileSync(join(folder, 'conn.log'), 'utf8');
    expect(log).toMatch(/^#open\t2023-11-14-22-13-20$/m);
    expect(log.match(/^[^#].*/gm)?.map((line) => line.split('\t')[2])).toEqual(['192.0.2.1', '192.0.2.1']);
  });
});

/** Runs the command; what it prints. */
async function explain(...args: string[]): Promise<string> {
  const out: string[] = [];
  await explainInto(out, ...args);
  return out.join('');
}

/** Runs the command; what it prints goes to `out`, also when it fails. */
async function explainInto(out: string[], ...args: string[]): Promise<void> {
  const write = vi.spyOn(process.stdout, 'write').mockImplementation(((chunk: unknown, taken?: () => void) => {
    taken?.();
    return out.push(String(chunk)) > 0;
  }) as typeof process.stdout.write);
  const program = new Command().exitOverride();
  registerExplain(program);
  try {
    await program.parseAsync(['explain', ...args], { from: 'user' });
  } finally {
    write.mockRestore();
  }
}

function written(name: string, pieces: readonly Uint8Array[]): string {
  const file = join(folder, name);
  writeFileSync(file, Buffer.concat(pieces));
  return file;
}

/** A handshake whose first SYN is lost, an ARP-like frame, and a refused attempt; as pieces of a pcap file, header first. */
function lesson(): Uint8Array[] {
  const writer = new PcapWriter({ linkType: 1 });
  const table = new AddressTable();
  const client = table.parse('192.0.2.1');
  const server = table.parse('198.51.100.80');
  const packet = (ms: number, fields: Partial<Segment>): Uint8Array => {
    const seg = Object.assign(new Segment(), { src: client, sport: 49152, dst: server, dport: 80, wnd: 65535 }, fields);
    const frame = new Uint8Array(200);
    frame.set([0x08, 0x00], 12); // EtherType IPv4
    const length = encodeIpPacket(seg, table, frame, 14);
    return writer.packet(1_700_000_000 + Math.floor(ms / 1000), (ms % 1000) * 1e6, frame.subarray(0, 14 + length));
  };
  const back = { src: server, sport: 80, dst: client, dport: 49152 };
  const arp = new Uint8Array(42);
  arp.set([0x08, 0x06], 12);
  return [
    writer.header(),
    packet(0, { flags: SYN, seq: 1000 }),
    packet(1000, { flags: SYN, seq: 1000 }),
    packet(1025, { ...back, flags: SYN | ACK, seq: 5000, ack: 1001 }),
    packet(1050, { flags: ACK, seq: 1001, ack: 5001 }),
    writer.packet(1_700_000_002, 0, arp),
    packet(3000, { sport: 49153, dport: 81, flags: SYN, seq: 7000 }),
    packet(3050, { ...back, sport: 81, dport: 49153, flags: RST | ACK, ack: 7001 }),
  ];
}
