/**
 * Is this process alone in a network namespace of its own? A TUN device is made nowhere else: in a fresh namespace
 * there is no interface that leads out, so nothing the engine says can be heard by anybody (network_namespaces(7)).
 */
import { readFileSync, readlinkSync } from 'node:fs';
import { HalfopenError } from '../../wire/error.ts';

/** What stands below /proc, for tests. */
export interface ProcFiles {
  /** `/proc/net/dev`: the interfaces of our namespace. */
  readonly dev: string;
  /** `/proc/net/route` and `/proc/net/ipv6_route`; '' where the kernel has no IPv6. */
  readonly route: string;
  readonly route6: string;
  /** Where `/proc/self/ns/net` and `/proc/1/ns/net` lead; '' when it is none of our business (another user's). */
  readonly ownNamespace: string;
  readonly firstNamespace: string;
}

/** Throws unless the namespace is private. `made` names the interfaces that this process made itself. */
export function requirePrivateNamespace(made: ReadonlySet<string>, proc: ProcFiles = readProc()): void {
  const reason = whyNotPrivate(made, proc);
  if (reason !== undefined) throw new HalfopenError(`no TUN device outside a network namespace of its own: ${reason}`);
}

/** The reason why the namespace is not a private one, or undefined. */
export function whyNotPrivate(made: ReadonlySet<string>, proc: ProcFiles): string | undefined {
  if (proc.ownNamespace !== '' && proc.ownNamespace === proc.firstNamespace) {
    return 'this is the network namespace of process 1';
  }
  const inert = (name: string): boolean => name === 'lo' || FALLBACK_TUNNELS.test(name) || made.has(name);
  const foreign = interfaces(proc.dev).filter((name) => !inert(name));
  if (foreign.length > 0) return `this one has the interface ${foreign.join(', ')}`;
  if (hasDefaultRoute(proc.route, proc.route6)) return 'this one has a default route';
  return undefined;
}

/** Names before the colons, below two lines of headings. */
function interfaces(dev: string): string[] {
  return [...dev.matchAll(/^\s*([^\s:|]+):/gm)].map((match) => match[1]!);
}

function hasDefaultRoute(route: string, route6: string): boolean {
  // Columns: Iface Destination Gateway Flags RefCnt Use Metric Mask …
  const v4 = route.split('\n').some((line) => /^\S+\s+0{8}\s+\S+\s+\S+\s+\S+\s+\S+\s+\S+\s+0{8}\s/.test(line));
  // Every namespace has an unreachable default route on lo, so that "no route" has somewhere to end.
  const v6 = route6.split('\n').some((line) => /^0{32} 00 /.test(line) && !/\slo$/.test(line));
  return v4 || v6;
}

function readProc(): ProcFiles {
  return {
    dev: readFileSync('/proc/net/dev', 'utf8'),
    route: optional(() => readFileSync('/proc/net/route', 'utf8')),
    route6: optional(() => readFileSync('/proc/net/ipv6_route', 'utf8')),
    ownNamespace: optional(() => readlinkSync('/proc/self/ns/net')),
    firstNamespace: optional(() => readlinkSync('/proc/1/ns/net')),
  };
}

/** From inside a user namespace process 1 may not be looked at; the interfaces decide then. */
function optional(read: () => string): string {
  try {
    return read();
  } catch {
    return '';
  }
}

/** What the tunnel modules put, down and without address, into every new namespace (net.core.fb_tunnels_only_for_init_net). */
const FALLBACK_TUNNELS = /^(tunl|gre|gretap|erspan|ip_vti|ip6_vti|sit|ip6tnl|ip6gre)0$/;
