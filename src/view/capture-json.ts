/** The summary of a capture for `halfopen explain --json`. Field names are part of the public interface. */
import type { FragmentTable } from '../diagnose/fragment-table.ts';
import { STATUS_NAMES } from '../wire/status.ts';
import type { CaptureSummary } from './capture-text.ts';

/** Files, packets and totals; what is skipped by reason. */
export function captureJson({ info, counts, fragments, details }: CaptureSummary): Readonly<Record<string, unknown>> {
  const skipped: Record<string, number> = {};
  for (let status = 1; status < STATUS_NAMES.length; status++) {
    if (counts.byStatus[status]! > 0) skipped[STATUS_NAMES[status]!] = counts.byStatus[status]!;
  }
  const { packets, tcp, syn, synack, rst, fin, icmpErrors, tunnelled, badTcpChecksum } = counts;
  return {
    files: info.files,
    packets: { packets, tcp, syn, synack, rst, fin, icmpErrors, tunnelled, badTcpChecksum },
    skipped,
    unsupportedLinks: Object.fromEntries(counts.unsupportedLinks),
    fragments: fragmentsJson(fragments),
    skippedBlocks: Object.fromEntries(info.skippedBlocks),
    details: details.toJson(),
  };
}

function fragmentsJson(table: FragmentTable): Readonly<Record<string, number>> {
  const { fragments, whole, incomplete, evicted, overlapDropped, overlapKept, duplicates, damaged, cut } = table;
  return { fragments, whole, incomplete, evicted, overlapDropped, overlapKept, duplicates, damaged, cut };
}
