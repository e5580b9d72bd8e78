/** Real captures against counts made by tshark and a file-order matcher. What differs on purpose is in docs/captures.md. */
import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { CaptureReader, readFrames } from '../src/capture.ts';
import { Examiner, verdictTotals } from '../src/diagnose.ts';

const FOLDER = fileURLToPath(new URL('../../shared/captures/', import.meta.url));
const there = existsSync(`${FOLDER}captures.tsv`);
if (!there) console.log('skipped: real captures (../shared/captures is not here)');

const expected = there ? table(`${FOLDER}captures.tsv`) : [];
const documented = documentedDifferences();

describe.skipIf(!there)('real captures', () => {
  test('the table lists captures', () => {
    expect(expected.length).toBeGreaterThan(40);
  });

  test.each(expected.map((row) => [row.file!, row] as const))('%s', (file, row) => {
    const counted = count(file);
    const wanted: Record<string, number> = {};
    for (const column of Object.keys(counted)) {
      const differs = documented.get(`${file} ${column}`);
      // A documented difference must be one: the matcher's number in the document is the table's.
      if (differs !== undefined) expect(differs.matcher).toBe(Number(row[column]));
      wanted[column] = differs?.ours ?? Number(row[column]);
    }
    expect(counted).toEqual(wanted);
  });

  test('every documented difference is of a capture in the table', () => {
    const files = new Set(expected.map((row) => row.file));
    for (const key of documented.keys()) expect(files).toContain(key.split(' ')[0]);
  });
});

function count(file: string): Record<string, number> {
  const examiner = new Examiner();
  const reader = new CaptureReader(file);
  for (const frame of readFrames(new Uint8Array(readFileSync(FOLDER + file)), reader)) examiner.onFrame(frame);
  expect(reader.truncated).toBeUndefined();
  const { counts } = examiner;
  const totals = verdictTotals(examiner.tracker);
  return {
    packets: counts.packets,
    tcp_packets: counts.tcp,
    syn: counts.syn,
    syn_retransmitted: totals.synRetransmissions,
    synack: counts.synack,
    rst: counts.rst,
    fin: counts.fin,
    attempts: totals.attempts,
    completed: totals.completed,
    half_open: totals.halfOpen,
    aborted: totals.aborted,
    refused: totals.refused,
    unanswered: totals.unanswered,
    synack_without_syn: totals.synackWithoutSyn,
  };
}

function table(path: string): Record<string, string>[] {
  const [head, ...rows] = readFileSync(path, 'utf8')
    .trim()
    .split('\n')
    .map((line) => line.split('\t'));
  return rows.map((cells) => Object.fromEntries(head!.map((name, i) => [name, cells[i] ?? ''])));
}

/** Rows `| file | column | matcher | ours | why |` of the document, so that text and test cannot drift apart. */
function documentedDifferences(): Map<string, { readonly matcher: number; readonly ours: number }> {
  const text = readFileSync(new URL('../docs/captures.md', import.meta.url), 'utf8');
  const differences = new Map<string, { readonly matcher: number; readonly ours: number }>();
  for (const [, file, column, matcher, ours] of text.matchAll(
    /^\| (\S+\.pcap\S*) +\| (\w+) +\| (\d+) +\| (\d+) +\|/gm,
  )) {
    differences.set(`${file} ${column}`, { matcher: Number(matcher), ours: Number(ours) });
  }
  return differences;
}
