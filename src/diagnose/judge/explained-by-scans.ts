/**
 * What reached a target may all come of a scan, which then says it better; or what looks like many scans of one host may be
 * machines that flood it at all its ports.
 */
import type { LedgerReport, SourceProfile, TargetProfile } from '../detect/target-profile.ts';
import type { Judgement } from '../findings.ts';

/**
 * Does nearly all come from sources that scan? But so many sources at all ports of one host and so fast are machines that
 * flood it, unless they are decoys.
 */
export function byScanners(
  profile: TargetProfile,
  scanners: ReadonlySet<number>,
  sources: readonly SourceProfile[],
): boolean {
  if (shareOf(profile, scanners) < 0.5) return false;
  const { hosts, peakRate } = profile;
  const many = hosts.count === 1 && profile.sources.distinct.count >= MANY_SCANNERS && peakRate >= 200;
  return !many || areDecoys(profile, sources);
}

/** A source that tries ports of a host which is flooded at all of them, and nothing else: it is part of the flood. */
export function isOfFlood(source: number, { sources, targets }: LedgerReport, found: readonly Judgement[]): boolean {
  const profile = sources.find((one) => one.address === source);
  if (profile === undefined || profile.hosts.count > 1) return false;
  const hosts = found.filter((one) => one.kind === 'flood' && one.subject.port < 0).map((one) => one.subject.address);
  return targets.some(
    (one) => one.scope === 'host' && hosts.includes(one.address) && one.sources.distinct.count >= MANY_SCANNERS,
  );
}

/** The share of attempts that scanners made. Of many sources the busiest are known; where all those scan, so do others like them. */
function shareOf({ sources: { top, total, distinct } }: TargetProfile, scanners: ReadonlySet<number>): number {
  const theirs = top.filter((one) => scanners.has(one.value));
  const known = theirs.reduce((sum, one) => sum + one.count - one.over, 0);
  const least = theirs.at(-1);
  if (least === undefined || theirs.length < top.length) return known / Math.max(1, total);
  return (known + (distinct.count - top.length) * (least.count - least.over)) / total;
}

/**
 * `nmap -D` sends each probe once from each of up to 128 addresses, with one port (its sendIPScanProbe, MAX_DECOYS): they all
 * try the same sockets, each of them once. Machines that flood try ports at random, so that no two try the same ones, and soon the same one twice.
 */
function areDecoys({ sources, ports, traits }: TargetProfile, known: readonly SourceProfile[]): boolean {
  const tops = known.filter((source) => sources.top.some((one) => one.value === source.address));
  const alike = tops.filter((source) => {
    const tries = (source.attempts - source.over) / Math.max(1, source.sockets.count);
    const once = tries < 1.5 || (tries < 4 && traits.portRepeated >= 0.5 * traits.attempts);
    return once && source.ports.count >= ALIKE * ports.distinct.count;
  });
  return alike.length >= 0.8 * tops.length;
}

const MANY_SCANNERS = 24;
/** Both numbers of ports are estimates, one of them with a standard error of 10 %. */
const ALIKE = 0.7;
