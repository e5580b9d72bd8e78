/** What to do about a finding: general measures, each with the condition under which it helps. */
import type { Judgement } from '../../diagnose/findings.ts';
import { countText } from '../flood-number.ts';

/** In the order in which one would take them. */
export function nextSteps(judgement: Judgement): readonly string[] {
  switch (judgement.kind) {
    case 'flood':
      return floodSteps(judgement);
    case 'scan':
      return [
        'Look at the ports that answered: is each of them meant to be reached from there? Close or filter those that are not.',
        'Blocking this source stops this scan, not the next one.',
        'Look in the server’s logs for what the same source did afterwards: a capture ends where it ends.',
      ];
    case 'backscatter':
      return [
        'Nothing here needs defending: these are answers, not requests. The host that sends them is the one under pressure.',
        'If the addresses they reach are yours, somebody uses them as forged sources; tell your provider and the owner of the answering host.',
      ];
    case 'reflection':
      return [
        'Do not block the answering hosts for good: they are servers that somebody may need, and they were used.',
        'Drop SYN/ACKs that belong to no SYN of yours before they reach the narrow link: a stateful filter at the edge can, the provider can do it further out.',
        'Ask the provider where the SYNs under your address come from; only the networks where they start can stop them (BCP 38).',
      ];
    case 'retry-storm':
      return [
        'Find out why the first SYNs were not answered: the service, a filter, or an earlier full queue. The retries end when answers come.',
        'A client of your own should wait longer after each failure, and not all by the same clock.',
      ];
    case 'flash-crowd':
      return [
        'These are visitors. Do not filter them: give the service room, or answer from a cache.',
        'Look at the accept queue: if it overflows, the application accepts too slowly, and a longer SYN queue does not help.',
      ];
    case 'nothing':
      return [];
  }
}

function floodSteps({ queue, sources }: Judgement): string[] {
  const steps: string[] = [];
  if (queue !== undefined && !queue.applies) {
    steps.push(
      'This capture shows no half-open connections at the target, so a longer queue or cookies would change nothing there.',
    );
  } else {
    steps.push(
      'Turn SYN cookies on, if sysctl says they are off: with net.ipv4.tcp_syncookies = 1 Linux uses them only while the queue is full. They serve new clients without a place in the queue; those clients may lose TCP options.',
    );
    steps.push(backlogStep(queue?.enough));
  }
  steps.push(
    sources.spoofed === 'spoofed'
      ? 'Blocking source addresses does not help: they are forged and change. Filter by what the SYNs have in common (see the fingerprints), or let a SYN proxy complete handshakes before they reach the server.'
      : sources.spoofed === 'not-spoofed'
        ? 'Limit new connections per source or network, beginning with the most active ones in the table; look first whether ordinary users share those addresses.'
        : 'Do not rely on blocking source addresses before it is known whether they are forged.',
  );
  steps.push(
    'If the link itself is full, nothing on the server helps: ask the provider to filter upstream, and give them target, time and fingerprint from this report.',
    'Keep the capture as it is, and note how far its clock is from true time: others will compare times of day.',
  );
  return steps;
}

function backlogStep(enough: number | undefined): string {
  const limits =
    'the backlog that the program gives to listen(), net.core.somaxconn and net.ipv4.tcp_max_syn_backlog, whichever is least';
  if (enough === undefined) return `Raise the backlog (${limits}). It buys time in proportion, no more.`;
  if (enough <= LARGEST_USUAL) {
    return `Raise the backlog above ${countText(enough)} (${limits}): by the estimate above that would have held everything. It buys time in proportion, no more.`;
  }
  return `A longer queue alone is no answer: by the estimate above it would have needed ${countText(enough)} places (${limits}).`;
}

/** Four times what Linux has had by default since 5.4 (somaxconn 4096); few listeners are given more. */
const LARGEST_USUAL = 16_384;
