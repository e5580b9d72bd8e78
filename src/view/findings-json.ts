/** The findings of a capture as plain data: addresses as text, times in ns since the first packet. */
import type { Findings, Judgement, SourceStatistics } from '../diagnose/findings.ts';
import type { AddressTable } from '../wire/address.ts';
import { utcText } from './utc-text.ts';

/** What `Findings` says; its field names are part of the public interface. */
export function findingsJson(findings: Findings, addresses: AddressTable): Readonly<Record<string, unknown>> {
  const { startSec, startNanos, ...rest } = findings;
  return {
    start: startSec === 0 && startNanos === 0 ? null : utcText(startSec, startNanos),
    ...rest,
    judgements: findings.judgements.map((judgement) => judgementJson(judgement, addresses)),
  };
}

function judgementJson(judgement: Judgement, addresses: AddressTable): Readonly<Record<string, unknown>> {
  const { subject } = judgement;
  return {
    ...judgement,
    subject: { ...subject, address: subject.address < 0 ? subject.prefix : addresses.format(subject.address) },
    sources: sourcesJson(judgement.sources, addresses),
  };
}

function sourcesJson(sources: SourceStatistics, addresses: AddressTable): Readonly<Record<string, unknown>> {
  return {
    ...sources,
    top: sources.top.map(({ address, attempts }) => ({ address: addresses.format(address), attempts })),
  };
}
