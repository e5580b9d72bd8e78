/** A flood scenario for tests, with everything that a test does not care about filled in. */
import type { ClientsSpec, FloodScenario, FloodSpec } from '../../src/sim/flood-model.ts';
import { MS, SEC } from '../../src/tcp/types.ts';

export interface Wish {
  readonly until?: number;
  readonly sampleEvery?: number;
  readonly profile?: string;
  readonly backlog?: number;
  readonly settings?: Readonly<Record<string, number>>;
  readonly policy?: string;
  readonly policyParams?: FloodScenario['server']['listen'][number]['policyParams'];
  readonly app?: Partial<FloodScenario['server']['listen'][number]['app']>;
  readonly cost?: Partial<FloodScenario['server']['cost']>;
  readonly clients?: readonly Partial<ClientsSpec>[];
  readonly floods?: readonly Partial<FloodSpec>[];
  readonly followed?: Partial<NonNullable<FloodScenario['followed']>>;
  readonly access?: Partial<FloodScenario['access']>;
  readonly boxes?: FloodScenario['boxes'];
  readonly botnets?: FloodScenario['botnets'];
  readonly ingress?: FloodScenario['ingress'];
}

/** One server on port 80 of 192.0.2.1, cookies off, and what `wish` adds. */
export function floodScenario(wish: Wish = {}): FloodScenario {
  const until = wish.until ?? 30 * SEC;
  return {
    kind: 'flood',
    id: 'test',
    title: 'test',
    summary: '',
    order: 1,
    seed: 7,
    until,
    sampleEvery: wish.sampleEvery ?? SEC,
    server: {
      address: '192.0.2.1',
      profile: wish.profile ?? 'linux-6',
      label: '',
      settings: { tcp_syncookies: 0, ...wish.settings },
      tcp: {},
      listen: [
        {
          port: 80,
          backlog: wish.backlog ?? 128,
          policy: wish.policy ?? '',
          policyParams: wish.policyParams ?? {},
          app: { accept: 'auto', workers: 0, service: 5 * MS, response: 1000, acceptFrom: 0, ...wish.app },
        },
      ],
      cost: {
        perSegment: 1000,
        perSynAck: 1000,
        perCookie: 500,
        perListElement: 0,
        limits: false,
        queue: 0,
        ...wish.cost,
      },
    },
    clients: (wish.clients ?? []).map((spec, i) => ({
      name: `clients${i}`,
      from: `198.${18 + i}.0.0/16`,
      port: 80,
      people: 0,
      fastOpen: false,
      arrivals: { process: 'poisson', rate: 10, from: 0, to: until },
      rtt: { shape: 'fixed', value: 40 * MS },
      os: { linux: 1 },
      request: 100,
      patience: Infinity,
      after: 'close',
      think: 0,
      ...spec,
    })),
    followed:
      wish.followed === undefined
        ? null
        : {
            address: '198.51.100.7',
            at: 1 * SEC,
            port: 80,
            rtt: 80 * MS,
            os: 'linux',
            request: 100,
            patience: Infinity,
            ...wish.followed,
          },
    floods: (wish.floods ?? []).map((spec, i) => ({
      name: `flood${i}`,
      port: 80,
      rate: { process: 'constant', rate: 100 },
      from: 0,
      to: until,
      spoof: { mode: 'silent', prefix: `10.${i}.0.0/16` },
      shape: 'mss',
      retries: 0,
      data: 0,
      ...spec,
    })),
    botnets: wish.botnets ?? [],
    ingress: wish.ingress ?? { deployed: 0, mode: 'strict' },
    boxes: wish.boxes ?? [],
    access: { delay: 0, rate: 0, queue: 1000, loss: 0, ...wish.access },
    expect: [],
    lesson: [],
  };
}
