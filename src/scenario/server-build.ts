/** The server of a flood scenario's file: profile, settings under the profile's own names, listeners. */
import type { AppSpec, ListenSpec, ServerSpec } from '../sim/flood-model.ts';
import { LISTEN_POLICIES } from '../sim/listen-policies.ts';
import { type ProfileSpec, SERVER_PROFILES, type ServerProfileName } from '../sim/server-profiles.ts';
import type { AddressClaims } from './address-claims.ts';
import type { Refuse } from './build.ts';
import type { AppFile, Named, ProfileFile, ServerFile, ServerListenFile } from './flood-file.ts';
import { chooseNamed, suggestion } from './named-params.ts';
import { tcpSettings } from './tcp-settings.ts';
import { time } from './units.ts';

type Path = readonly (string | number)[];

export function buildServer(file: ServerFile, claims: AddressClaims, refuse: Refuse): ServerSpec {
  const own: ProfileFile =
    typeof file.profile === 'string' ? { base: file.profile, name: file.profile, settings: {}, tcp: {} } : file.profile;
  const profile = SERVER_PROFILES[own.base as ServerProfileName]; // the schema has checked the name
  checkSettings(own.settings, profile, ['server', 'profile', 'settings'], refuse);
  checkSettings(file.settings, profile, ['server', 'settings'], refuse);
  return {
    address: claims.address(['server', 'address'], file.address, 'the server').text,
    profile: own.base,
    label: own.name,
    settings: { ...own.settings, ...file.settings },
    tcp: { ...tcpSettings(own.tcp), ...tcpSettings(file.tcp) },
    listen: listeners(file, own, profile, refuse),
    cost: {
      perSegment: time(file.cost.perSegment),
      perSynAck: time(file.cost.perSynAck),
      perCookie: time(file.cost.perCookie),
      perListElement: time(file.cost.perListElement),
      limits: file.cost.limits,
      queue: file.cost.queue,
    },
  };
}

function checkSettings(
  settings: Readonly<Record<string, number>>,
  profile: ProfileSpec,
  path: Path,
  refuse: Refuse,
): void {
  for (const [key, value] of Object.entries(settings)) {
    const spec = profile.settings[key];
    if (spec === undefined) {
      refuse(
        [...path, key],
        `'${key}' is no setting of ${profile.name}; ${suggestion(key, Object.keys(profile.settings))}`,
        true,
      );
    } else if (
      !Number.isInteger(value) ||
      value < spec.least ||
      value > spec.most ||
      spec.of?.includes(value) === false
    ) {
      const range =
        spec.of === undefined ? `a whole number from ${spec.least} to ${spec.most}` : `one of ${spec.of.join(', ')}`;
      refuse([...path, key], `is ${value}; expected ${range} (${spec.what})`);
    }
  }
}

function listeners(file: ServerFile, own: ProfileFile, profile: ProfileSpec, refuse: Refuse): ListenSpec[] {
  const { listen } = file;
  if (listen !== undefined) {
    const short = (['port', 'backlog', 'policy', 'app'] as const).find((key) => file[key] !== undefined);
    if (short !== undefined)
      refuse(['server', short], `'${short}' stands beside 'listen'; put it into the listener`, true);
  }
  const files: readonly ServerListenFile[] = isList(listen)
    ? listen
    : [listen ?? { port: file.port ?? 80, backlog: file.backlog, policy: file.policy, app: file.app }];
  if (files.length === 0) refuse(['server', 'listen'], 'is an empty list; expected a listener');
  const ports = new Set<number>();
  return files.map((each, i) => {
    const path = listen === undefined ? ['server'] : isList(listen) ? ['server', 'listen', i] : ['server', 'listen'];
    if (ports.has(each.port)) refuse([...path, 'port'], `is ${each.port}, where another listener is already`);
    ports.add(each.port);
    const policy = each.policy ?? own.policy;
    const where = each.policy === undefined ? ['server', 'profile', 'policy'] : [...path, 'policy'];
    return {
      port: each.port,
      backlog: each.backlog ?? own.backlog ?? profile.backlog,
      ...policyOf(policy, where, refuse),
      app: appOf(each.app),
    };
  });
}

function policyOf(policy: Named | undefined, path: Path, refuse: Refuse): Pick<ListenSpec, 'policy' | 'policyParams'> {
  if (policy === undefined) return { policy: '', policyParams: {} };
  const { name, params } = chooseNamed(policy, LISTEN_POLICIES, 'listen policy', path, refuse);
  return { policy: name, policyParams: params };
}

function appOf(file: 'auto' | 'never' | AppFile | undefined): AppSpec {
  if (file === undefined || typeof file === 'string') return { ...USUAL_APP, accept: file ?? 'auto' };
  return { ...file, service: time(file.service), acceptFrom: time(file.acceptFrom) };
}

/** What `app: auto` stands for; the same as the schema's defaults. */
const USUAL_APP: AppSpec = { accept: 'auto', workers: 8, service: 5_000_000, response: 2000, acceptFrom: 0 };

function isList<T>(value: T | readonly T[] | undefined): value is readonly T[] {
  return Array.isArray(value);
}
