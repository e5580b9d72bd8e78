/** The filters of `halfopen explain`: hosts, ports, verdicts and times, read from the command line. */
import { type Command, Option } from 'commander';
import type { Detail } from '../diagnose/attempt.ts';
import { VERDICT_NAMES, type Verdict } from '../diagnose/verdict.ts';
import type { AttemptFilter, HostRange, PortRange } from '../view/attempt-filter.ts';
import { DETAILS, verdictNamed } from '../view/detail-text.ts';
import { HalfopenError } from '../wire/error.ts';
import { parseIpv4 } from '../wire/ipv4-text.ts';
import { parseIpv6 } from '../wire/ipv6-text.ts';
import { nearest } from '../wire/suggest.ts';
import { type Moment, parseMoment } from './moment.ts';

export interface FilterOptions {
  readonly host?: readonly HostRange[];
  readonly port?: readonly PortRange[];
  readonly verdict?: readonly (Verdict | Detail)[];
  readonly from?: Moment;
  readonly to?: Moment;
}

export function addFilterOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--host <address>', 'only attempts from or to this address or network (repeatable)').argParser(hosts),
    )
    .addOption(
      new Option('--port <port>', 'only with this port, or range such as 8000-8099 (repeatable)').argParser(ports),
    )
    .addOption(new Option('--verdict <name>', 'only with this verdict or detail (repeatable)').argParser(verdicts))
    .addOption(
      new Option('--from <time>', 'only begun at or after 10s, 1m30s or 2026-12-01T08:00:00Z').argParser(
        moment('--from'),
      ),
    )
    .addOption(new Option('--to <time>', 'only begun at or before').argParser(moment('--to')));
}

/** `start`: when the capture begins, in ns since the epoch; what absolute times are counted from. */
export function attemptFilter(options: FilterOptions, start: bigint): AttemptFilter {
  const asked = options.verdict ?? [];
  return {
    hosts: options.host ?? [],
    ports: options.port ?? [],
    verdicts: asked.filter((name): name is Verdict => typeof name === 'number'),
    details: asked.filter((name): name is Detail => typeof name === 'string'),
    from: options.from === undefined ? Number.NEGATIVE_INFINITY : sinceStart(options.from, start),
    to: options.to === undefined ? Number.POSITIVE_INFINITY : sinceStart(options.to, start),
  };
}

/** Is anything asked for? */
export function isFiltered({ host, port, verdict, from, to }: FilterOptions): boolean {
  return [host, port, verdict, from, to].some((option) => option !== undefined);
}

function sinceStart(moment: Moment, start: bigint): number {
  return moment.absolute ? Number(moment.nanos - start) : Number(moment.nanos);
}

function hosts(text: string, before: readonly HostRange[] = []): HostRange[] {
  return [...before, ...text.split(',').map(hostRange)];
}

function hostRange(text: string): HostRange {
  const [address = '', prefix, ...rest] = text.replace(/^\[(.*?)\]/, '$1').split('/');
  const bytes = addressBytes(address);
  if (bytes === undefined || rest.length > 0) {
    const hint = /^[a-z][a-z0-9.-]*$/i.test(text) ? '; names are not looked up' : '';
    throw new HalfopenError(
      `--host: expected an address such as 192.0.2.1 or a network such as 192.0.2.0/24 or 2001:db8::/32, found "${text}"${hint}`,
    );
  }
  const bits = 8 * bytes.length;
  if (prefix === undefined) return { bytes, prefix: bits };
  if (!/^\d{1,3}$/.test(prefix) || Number(prefix) > bits) {
    throw new HalfopenError(`--host: expected a prefix length from 0 to ${bits} after ${address}/, found "${prefix}"`);
  }
  return { bytes, prefix: Number(prefix) };
}

function addressBytes(text: string): Uint8Array | undefined {
  const v4 = parseIpv4(text);
  if (v4 >= 0) return Uint8Array.of(v4 >>> 24, v4 >>> 16, v4 >>> 8, v4);
  const v6 = new Uint8Array(16);
  return parseIpv6(text, v6, 0) ? v6 : undefined;
}

function ports(text: string, before: readonly PortRange[] = []): PortRange[] {
  return [...before, ...text.split(',').map(portRange)];
}

function portRange(text: string): PortRange {
  const [, first = '', last = first] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? [];
  if (first === '' || Number(last) > 65_535 || Number(first) > Number(last)) {
    throw new HalfopenError(`--port: expected a port from 0 to 65535 or a range such as 8000-8099, found "${text}"`);
  }
  return { first: Number(first), last: Number(last) };
}

function verdicts(text: string, before: readonly (Verdict | Detail)[] = []): (Verdict | Detail)[] {
  return [...before, ...text.split(',').map(verdictOrDetail)];
}

function verdictOrDetail(name: string): Verdict | Detail {
  const known = verdictNamed(name) ?? DETAILS.find((detail) => detail === name);
  if (known !== undefined) return known;
  const near = nearest(name, [...VERDICT_NAMES, ...DETAILS]);
  const hint = near === undefined ? `expected ${VERDICT_NAMES.join(', ')}, or a detail` : `did you mean ${near}?`;
  throw new HalfopenError(`--verdict: there is no verdict "${name}"; ${hint}`);
}

function moment(option: string): (text: string) => Moment {
  return (text) => {
    const read = parseMoment(text);
    if (read !== undefined) return read;
    const hint = /^\d+(\.\d+)?$/.test(text) ? `; did you mean ${text}s?` : '';
    throw new HalfopenError(
      `${option}: expected a time since the first packet such as 10s or 1m30s, or a moment such as 2026-12-01T08:00:00Z, found "${text}"${hint}`,
    );
  };
}
