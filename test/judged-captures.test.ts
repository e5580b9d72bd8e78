/** What real captures are judged to be; `captures.tsv` says what each shows. Whatever is not named here shows nothing. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CaptureReader, readFrames } from '../src/capture.ts';
import { Examiner, type Findings } from '../src/diagnose.ts';

const FOLDER = fileURLToPath(new URL('../../shared/captures/', import.meta.url));
const there = existsSync(`${FOLDER}captures.tsv`);
if (!there) console.log('skipped: real captures (../shared/captures is not here)');

/** Judgement, and whom it is about. */
const TRUTH: Readonly<Record<string, readonly string[]>> = {
  // Only what came in was captured.
  'packet-captures-pkt.TCP.synflood.spoofed.pcap': ['flood of 10.10.10.10:25565'],
  'packet-captures-amp.TCP.reflection.SYNACK.pcap': ['reflection of 10.10.10.10'],
  // 200 SYNs of one address in 0.2 s, made to trip a rate rule.
  'suricata-verify-tcp-session-syn-flood-drop-precedence-input.pcap': ['flood of 198.51.100.5:443'],
  // Two ports of some neighbours within two seconds.
  'zeek-nmap-vsn.pcap': ['scan of 192.168.1.71'],
};

const files = there ? readdirSync(FOLDER).filter((name) => /\.pcap(ng)?$/.test(name)) : [];

describe.skipIf(!there)('real captures', () => {
  test.each(files)('%s', (file) => {
    const { findings, format } = examine(file);
    const said = findings.judgements.filter((judgement) => judgement.kind !== 'nothing');
    const about = said.map(
      ({ kind, subject: { address, port } }) => `${kind} of ${format(address)}${port < 0 ? '' : `:${port}`}`,
    );
    expect(about).toEqual(TRUTH[file] ?? []);
  });

  test('every capture of the truth is there', () => {
    for (const file of Object.keys(TRUTH)) expect(files).toContain(file);
  });

  test('the spoofed flood: forged sources, and nothing said of what the capture cannot show', () => {
    const [flood] = examine('packet-captures-pkt.TCP.synflood.spoofed.pcap').findings.judgements;
    expect(flood!.confidence.level).toBe('high');
    expect(flood!.sources.spoofed).toBe('spoofed');
    // Two TTLs and one window from all over the address space, as tshark shows.
    expect(
      flood!.sources.ttls
        .filter((one) => one.share > 0.1)
        .map((one) => one.ttl)
        .sort(),
    ).toEqual([242, 244]);
    expect(flood!.sources.prints[0]).toEqual({ print: 'win 0, no options', share: 1 });
    expect(flood!.unknown.join(' ')).toContain('its side is not in the capture');
  });
});

function examine(file: string): { readonly findings: Findings; readonly format: (address: number) => string } {
  const examiner = new Examiner();
  const reader = new CaptureReader(file);
  for (const frame of readFrames(new Uint8Array(readFileSync(FOLDER + file)), reader)) examiner.onFrame(frame);
  examiner.finish();
  return { findings: examiner.findings(), format: (address) => examiner.addresses.format(address) };
}
