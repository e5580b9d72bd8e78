/**
 * From the shape of a flood scenario's file to a `FloodScenario`: defaults that depend on one another, notations to numbers,
 * and the checks that need more than one value: who owns which addresses, what a run would cost, whether times fit.
 */

import { measureProblem } from '../sim/flood-measures.ts';
import type {
  ClientsSpec,
  FloodScenario,
  FloodSpec,
  FollowedSpec,
  IngressSpec,
  RateSpec,
  SpoofSpec,
} from '../sim/flood-model.ts';
import type { Nanos } from '../tcp/types.ts';
import { AddressClaims } from './address-claims.ts';
import { buildBotnet } from './botnet-build.ts';
import { buildBox } from './box-build.ts';
import type { Refuse } from './build.ts';
import { type BuildContext, checkPort, distributionOf, each, MOST_SYNS, whole } from './build-context.ts';
import { buildExpectations, buildLesson } from './flood-claims.ts';
import type {
  ClientsFile,
  FloodFile,
  FloodSourceFile,
  FollowedFile,
  IngressFile,
  RateFile,
  SpoofFile,
} from './flood-file.ts';
import { buildServer } from './server-build.ts';
import { parseRate, time } from './units.ts';

type Path = readonly (string | number)[];

export function buildFlood(id: string, file: FloodFile, refuse: Refuse): FloodScenario {
  const until = time(file.until);
  if (until <= 0) refuse(['until'], `is ${file.until}; expected a time after the start`);
  const sampleEvery = file.sampleEvery === undefined ? usualSample(until) : time(file.sampleEvery);
  if (sampleEvery <= 0) refuse(['sampleEvery'], `is ${file.sampleEvery}; expected a time above 0`);
  if (until / sampleEvery > MOST_SAMPLES) {
    refuse(
      ['sampleEvery'],
      `is ${file.sampleEvery}, which makes ${Math.floor(until / sampleEvery)} samples; expected at most ${MOST_SAMPLES}`,
    );
  }
  const claims = new AddressClaims(refuse);
  const server = buildServer(file.server, claims, refuse);
  const context: BuildContext = { until, ports: server.listen.map((l) => l.port), claims, refuse };
  const followed = file.followed === undefined ? null : buildFollowed(file.followed, context);
  const clients = each(file.clients, 'clients').map(({ item, path }, i) => buildClients(item, i, path, context));
  const floods = each(file.floods, 'floods').map(({ item, path }, i) => buildFloodSource(item, i, path, context));
  const botnets = each(file.botnets, 'botnets').map(({ item, path }, i) => buildBotnet(item, i, path, context));
  checkNames('clients', clients, refuse);
  checkNames('floods', floods, refuse);
  checkNames('botnets', botnets, refuse);
  const scenario: FloodScenario = {
    kind: 'flood',
    id,
    title: file.title,
    summary: file.summary.trim(),
    order: file.order,
    seed: file.seed,
    until,
    sampleEvery,
    server,
    clients,
    followed,
    floods,
    botnets,
    ingress: ingressOf(file.ingress),
    boxes: file.boxes.map((box, i) => buildBox(box, ['boxes', i], refuse)),
    access: {
      delay: time(file.access.delay),
      rate: file.access.rate === undefined ? 0 : parseRate(file.access.rate),
      queue: file.access.queue,
      loss: file.access.loss,
    },
    expect: buildExpectations(file.expect, refuse),
    lesson: buildLesson(file.lesson, refuse),
  };
  for (const { measure } of scenario.expect) {
    const problem = measureProblem(scenario, measure);
    if (problem !== '') refuse(['expect', measure], `'${measure}' is no number of the report; ${problem}`, true);
  }
  return scenario;
}

const MOST_SAMPLES = 100_000;
/** Clients in one run. */
const MOST_CLIENTS = 1e7;
/** Of one group: 3 GB. */
const MOST_AT_ONCE = 300_000;
/** Of clients that stay, in one run. */
const MOST_REQUESTS = 1e9;

/** About 300 samples, at a round distance. */
function usualSample(until: Nanos): Nanos {
  let step = 1;
  while (until / step > 400) step *= 10;
  const exact = until / step / 300;
  return Math.max(1, step * (exact <= 0.2 ? 0.2 : exact <= 0.5 ? 0.5 : exact <= 1 ? 1 : 2));
}

function checkNames(key: string, items: readonly { readonly name: string }[], refuse: Refuse): void {
  const seen = new Set<string>();
  for (const [i, { name }] of items.entries()) {
    if (name === 'all' || seen.has(name))
      refuse([key, i, 'name'], `is '${name}', which is taken; expected names of their own`);
    seen.add(name);
  }
}

// ---- clients -----------------------------------------------------------------------------------------------------------

function buildFollowed(file: FollowedFile, context: BuildContext): FollowedSpec {
  checkPort(file.port, ['followed'], context);
  return {
    address: context.claims.address(['followed', 'address'], file.address, 'the followed client').text,
    at: time(file.at),
    port: file.port,
    rtt: time(file.rtt),
    os: file.os as FollowedSpec['os'], // the schema has checked it
    request: file.request,
    patience: patienceOf(file.patience),
  };
}

function buildClients(file: ClientsFile, index: number, path: Path, context: BuildContext): ClientsSpec {
  const { refuse, until, claims } = context;
  checkPort(file.port, path, context);
  const name = file.name ?? (index === 0 ? 'clients' : `clients-${index + 1}`);
  const arrivals = arrivalsOf(file, path, until, refuse);
  const rtt = distributionOf(file.rtt, [...path, 'rtt'], refuse);
  const think = time(file.think);
  const patience = patienceOf(file.patience);
  checkAtOnce(arrivals, file.after === 'stay' ? Infinity : patience, path, context);
  if (file.after === 'stay') checkRequests(clientsOf(arrivals, until), think + leastOf(rtt), file.think, path, context);
  const usual = index === 0 ? '198.18.0.0/16' : `198.19.${(index - 1) * 16}.0/20`;
  const from = claims.prefix([...path, 'prefix'], file.prefix ?? usual, `clients '${name}'`);
  if (file.people > from.size) {
    refuse([...path, 'people'], `is ${file.people}, but ${from.text} has only ${from.size} addresses`);
  }
  return {
    name,
    from: from.text,
    port: file.port,
    people: file.people,
    fastOpen: file.fastOpen,
    arrivals,
    rtt,
    os: sharesOf(file.os, [...path, 'os'], refuse),
    request: file.request,
    patience,
    after: file.after,
    think,
  };
}

/** In the worst case nobody is served, and each keeps some 10 kB for as long as it has patience, or stays. */
function checkAtOnce(
  arrivals: ClientsSpec['arrivals'],
  stay: Nanos,
  path: Path,
  { until, refuse }: BuildContext,
): void {
  if (arrivals.process === 'times') return;
  const { rate, from, to } = arrivals;
  const atOnce = clientsOf({ ...arrivals, to: Math.min(to, until, from + stay) }, until);
  if (atOnce <= MOST_AT_ONCE) return;
  const many = `up to ${whole(atOnce)} clients at once`;
  refuse([...path, 'rate'], `is ${rate}, ${many}; expected at most ${whole(MOST_AT_ONCE)}, or less patience`);
}

/** Who stays asks again and again: without any time between two requests one client would never let time go on. */
function checkRequests(
  clients: number,
  between: Nanos,
  think: string | 0,
  path: Path,
  { until, refuse }: BuildContext,
): void {
  const requests = between === 0 ? Infinity : (clients * until) / between;
  if (clients === 0 || requests <= MOST_REQUESTS) return;
  const asks = `up to ${whole(requests)} requests in this run`;
  refuse([...path, 'think'], `is ${think}, ${asks}; expected at most ${whole(MOST_REQUESTS)}`);
}

/** Clients that come in this run, on average. */
function clientsOf(arrivals: ClientsSpec['arrivals'], until: Nanos): number {
  if (arrivals.process === 'times') return arrivals.at.length;
  return (arrivals.rate * Math.max(0, Math.min(arrivals.to, until) - arrivals.from)) / 1e9;
}

function leastOf(rtt: ClientsSpec['rtt']): Nanos {
  if (rtt.shape === 'fixed') return rtt.value;
  return rtt.shape === 'cycle' ? Math.min(...rtt.values) : rtt.least;
}

function arrivalsOf(file: ClientsFile, path: Path, until: Nanos, refuse: Refuse): ClientsSpec['arrivals'] {
  if (file.times !== undefined) {
    if (file.rate !== undefined) refuse([...path, 'rate'], "'rate' stands beside 'times'; expected one of them", true);
    const at = file.times.map(time);
    const late = at.findIndex((t, i) => i > 0 && t < at[i - 1]!);
    if (late > 0)
      refuse(
        [...path, 'times', late],
        `is ${file.times[late]}, before the one in front of it; expected ascending times`,
      );
    return { process: 'times', at };
  }
  const { rate } = file;
  if (rate === undefined) return refuse(path, "has neither 'rate' nor 'times'; expected one of them");
  const from = time(file.from);
  const to = file.to === undefined ? until : time(file.to);
  if (from >= to) refuse([...path, 'from'], `is ${file.from}, not before the end, ${to / 1e9}s`);
  const expected = clientsOf({ process: file.process, rate, from, to }, until);
  if (expected > MOST_CLIENTS) {
    refuse(
      [...path, 'rate'],
      `is ${rate}, ${whole(expected)} clients in this run; expected at most ${whole(MOST_CLIENTS)}`,
    );
  }
  return { process: file.process, rate, from, to };
}

function sharesOf(os: ClientsFile['os'], path: Path, refuse: Refuse): ClientsSpec['os'] {
  const given = typeof os === 'string' ? { [os]: 1 } : os;
  const shares = Object.fromEntries(Object.entries(given).filter(([, share]) => share !== undefined && share > 0));
  if (Object.keys(shares).length === 0) refuse(path, 'has no share above 0; expected one at least');
  return shares;
}

function patienceOf(patience: string | 0): Nanos {
  return patience === 'never' ? Infinity : time(patience);
}

// ---- floods ------------------------------------------------------------------------------------------------------------

function buildFloodSource(file: FloodSourceFile, index: number, path: Path, context: BuildContext): FloodSpec {
  const { until, refuse } = context;
  checkPort(file.port, path, context);
  const name = file.name ?? (index === 0 ? 'flood' : `flood-${index + 1}`);
  const from = file.from === undefined ? Math.min(USUAL_START, Math.floor(until / 10)) : time(file.from);
  const to = file.to === undefined ? until : time(file.to);
  if (from >= to) refuse([...path, 'from'], `is ${file.from ?? `${from / 1e9}s`}, not before the end, ${to / 1e9}s`);
  const rate = rateOf(file.rate);
  const syns = expectedSyns(rate, Math.min(to, until) - from) * (1 + file.retries);
  if (syns > MOST_SYNS) {
    refuse([...path, 'rate'], `asks for ${whole(syns)} SYNs in this run; expected at most ${whole(MOST_SYNS)}`);
  }
  return {
    name,
    port: file.port,
    rate,
    from,
    to,
    spoof: spoofOf(file.spoof, name, path, context),
    shape: file.shape,
    retries: file.retries,
    data: file.data,
  };
}

/** A flood begins here when its file does not say, or after a tenth of a shorter run. */
const USUAL_START = 5e9;

function rateOf(file: RateFile): RateSpec {
  if (typeof file === 'number') return { process: 'poisson', rate: file };
  if (file.process === 'burst') return { ...file, every: time(file.every) };
  if (file.process === 'pulse') return { ...file, on: time(file.on), off: time(file.off) };
  return file;
}

/** SYNs of a flood that lasts `span`, on average. */
function expectedSyns(rate: RateSpec, span: Nanos): number {
  const seconds = Math.max(0, span) / 1e9;
  switch (rate.process) {
    case 'constant':
    case 'poisson':
      return rate.rate * seconds;
    case 'burst':
      return rate.every === 0 ? Infinity : rate.size * Math.ceil((seconds * 1e9) / rate.every);
    case 'pulse':
      return (rate.rate * seconds * rate.on) / Math.max(1, rate.on + rate.off);
    case 'ramp':
      return ((rate.first + rate.last) / 2) * seconds;
  }
}

function spoofOf(file: FloodSourceFile['spoof'], name: string, path: Path, context: BuildContext): SpoofSpec {
  const { claims, refuse } = context;
  const { mode, ...given }: SpoofFile = typeof file === 'string' ? { mode: file } : file;
  const key = [...path, 'spoof'];
  const claim = (together: string) =>
    claims.prefix([...key, 'prefix'], given.prefix ?? USUAL_SPOOF[mode], `flood '${name}'`, together);
  if (given.count !== undefined && mode !== 'own')
    refuse([...key, 'count'], `'count' is for mode own, not ${mode}`, true);
  if (given.live !== undefined && mode !== 'random')
    refuse([...key, 'live'], `'live' is for mode random, not ${mode}`, true);
  if (mode === 'own') {
    const { text, size } = claim('');
    const count = given.count ?? 1;
    if (count > size) refuse([...key, 'count'], `is ${count}, but ${text} has only ${size} addresses`);
    return { mode, prefix: text, count };
  }
  if (mode === 'random') {
    const live = given.live ?? 0;
    return { mode, prefix: claim(`random ${live}`).text, live };
  }
  return { mode, prefix: claim(mode).text };
}

const USUAL_SPOOF: Readonly<Record<SpoofSpec['mode'], string>> = {
  own: '192.0.2.0/24',
  random: '10.0.0.0/8',
  silent: '172.31.0.0/16',
  live: '192.168.0.0/16',
};

// ---- the rest ----------------------------------------------------------------------------------------------------------

function ingressOf(file: number | IngressFile): IngressSpec {
  return typeof file === 'number' ? { deployed: file, mode: 'strict' } : file;
}
