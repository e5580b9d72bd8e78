/** Tasks with options switched off, on or far on either side, and connections that follow each other closely. */
import { execFile } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import net from 'node:net';
import { promisify } from 'node:util';
import { connect, LiveSocket, type SocketEvents, serve } from '../../src/node/tun/live-socket.ts';
import { TFO } from '../../src/socket/fast-open.ts';
import { hashOf, listening, portOf, randomBytes, sha256, sleep } from './kernel-side.ts';
import { ENGINE, KERNEL, type Lab, type LabOptions, urlHost, type Version, withLab } from './lab.ts';

type Side = 'engine' | 'kernel';

const run = promisify(execFile);

const PORT = 80;
/** Outside the ranges that either side takes by itself. */
const CLIENT_PORT = 20_000;

export const dialectTasks = {
  /** The kernel sends a stream on a connection that either side opened, and gets it back. */
  async echo(asked: LabOptions & { version: Version; opens: Side; bytes: number }): Promise<Echoed> {
    const payload = randomBytes(asked.bytes);
    return withLab(asked, async (lab) => {
      let agreed: Agreed | undefined;
      const echo = (socket: LiveSocket): SocketEvents => ({
        data: (bytes) => {
          agreed ??= agreedBy(socket);
          socket.write(Uint8Array.from(bytes));
        },
        ended: () => socket.end(),
      });
      const { client, stop } = await connected(lab, asked.version, asked.opens, echo);
      client.end(payload);
      const got = await hashOf(client);
      stop();
      return { want: sha256(payload), got, agreed };
    });
  },

  /** Two connections between the same ports, the second while the first is in TIME-WAIT with who closed it. */
  async again(asked: { version: Version; opens: Side; closes: Side }): Promise<string[]> {
    return withLab({}, async (lab) => {
      const said: string[] = [];
      const server = asked.opens === 'engine' ? await listening(asked.version, () => {}) : undefined;
      for (let round = 1; round <= 2; round++) {
        const greet = (socket: LiveSocket): SocketEvents => {
          socket.write(Buffer.from(`round ${round}`));
          if (asked.closes === 'engine') socket.end();
          return { ended: () => socket.end() };
        };
        const { client, stop } = await connected(lab, asked.version, asked.opens, greet, CLIENT_PORT, server);
        client.on('data', (piece: Buffer) => {
          said.push(piece.toString());
          if (asked.closes === 'kernel') client.end();
        });
        client.on('end', () => client.end());
        await once(client, 'close');
        // The kernel keeps the port until the last ACK has come.
        await sleep(50);
        stop();
      }
      server?.close();
      return said;
    });
  },

  /** Both sides close in the same moment: the engine's states from then on. */
  async closeTogether(asked: { version: Version }): Promise<string[]> {
    // Long enough for both to have sent before either hears of it.
    return withLab({ road: { loss: 0, seed: 1, delay: 40 } }, async (lab) => {
      let engine: LiveSocket | undefined;
      const { client, stop } = await connected(lab, asked.version, 'kernel', (socket) => {
        engine = socket;
        return {};
      });
      while (engine === undefined) await sleep(1);
      const states: string[] = [];
      lab.host.sockets.stack.why = { check: () => {}, act: () => {}, state: (_, to) => void states.push(to) };
      client.resume();
      client.end();
      engine.end();
      await once(client, 'close');
      await sleep(200);
      stop();
      return states;
    });
  },

  /** A listener whose application accepts nobody, and many who knock. */
  async neverAccepting(asked: { version: Version; backlog: number; clients: number }): Promise<Crowd> {
    return withLab({}, async (lab) => {
      const listener = lab.host.sockets.socket();
      lab.host.act(() => {
        listener.bind({ address: 0, port: PORT });
        listener.listen(asked.backlog);
      });
      const clients = Array.from({ length: asked.clients }, () => net.connect(PORT, ENGINE[asked.version]));
      for (const client of clients) client.on('error', () => {});
      await sleep(300);
      const { acceptQueue, counters } = listener.listener!;
      for (const client of clients) client.destroy();
      return { waiting: acceptQueue.length, overflowed: counters.ListenOverflows > 0 };
    });
  },

  /** Two requests by Fast Open: the first asks for a cookie, the second has its text taken with the SYN (RFC 7413). */
  async fastOpen(asked: { version: Version; opens: Side }): Promise<FastOpened> {
    const all = TFO.CLIENT_ENABLE | TFO.SERVER_ENABLE | TFO.SERVER_WO_SOCKOPT1;
    return withLab({ fastOpen: all, kernel: { tcp_fastopen: String(all) } }, async (lab) => {
      const { stack } = lab.host.sockets;
      const before = kernelCounters();
      const answers: string[] = [];
      if (asked.opens === 'kernel') {
        serve(lab.host, PORT, 4, (socket) => ({
          data: () => {
            socket.write(Buffer.from('HTTP/1.0 200 OK\r\n\r\nanswer'));
            socket.end();
          },
        }));
        const url = `http://${urlHost(ENGINE[asked.version])}/`;
        const curl = ['-sS', '--tcp-fastopen', '--max-time', '10', url];
        for (let i = 0; i < 2; i++) answers.push((await run('curl', curl)).stdout);
      } else {
        const server = await listening(asked.version, (client) => {
          client.on('data', () => client.end('answer'));
        });
        for (let i = 0; i < 2; i++) answers.push(await askByFastOpen(lab, asked.version, portOf(server)));
        server.close();
      }
      const counters = stack.listener(PORT)?.counters;
      const after = kernelCounters();
      const risen = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
      return {
        answers,
        engine: { active: stack.counters.TCPFastOpenActive, passive: counters?.TCPFastOpenPassive ?? 0 },
        kernel: { active: risen('TCPFastOpenActive'), passive: risen('TCPFastOpenPassive') },
      };
    });
  },

  /** An idle connection with keep-alive on one side: is it alive after several probes, and did packets come? */
  async keepAlive(asked: { version: Version; by: Side }): Promise<{ state: string; probes: number }> {
    // Linux answers such probes twice a second at most (tcp_invalid_ratelimit).
    const mine = asked.by === 'engine' ? { keepAliveIdle: 600e6, keepAliveInterval: 600e6, keepAliveProbes: 2 } : {};
    // The kernel counts in seconds.
    const kernel = { tcp_keepalive_intvl: '1', tcp_keepalive_probes: '1' };
    return withLab({ engine: mine, kernel }, async (lab) => {
      let engine: LiveSocket | undefined;
      const { client, stop } = await connected(lab, asked.version, 'kernel', (socket) => {
        engine = socket;
        return {};
      });
      client.on('error', () => {});
      if (asked.by === 'kernel') client.setKeepAlive(true, 1000);
      await sleep(50);
      const before = lab.host.counters.segments;
      await sleep(2500);
      const probes = lab.host.counters.segments - before;
      const { state } = engine!.socket.connection!;
      const alive = client.destroyed ? 'gone' : state;
      client.destroy();
      stop();
      return { state: alive, probes };
    });
  },
};

/** What the handshake agreed on, as the engine has it. */
export interface Agreed {
  readonly mss: number;
  readonly sack: boolean;
  readonly timestamps: boolean;
  /** The shifts of the kernel's windows and of ours; -1 without the option. */
  readonly scales: readonly [number, number];
}

export interface Echoed {
  readonly want: string;
  readonly got: string;
  readonly agreed: Agreed | undefined;
}

export interface FastOpened {
  readonly answers: readonly string[];
  /** Fast Opens that went well, by who opened and who was opened (Linux MIB names). */
  readonly engine: { readonly active: number; readonly passive: number };
  readonly kernel: { readonly active: number; readonly passive: number };
}

export interface Crowd {
  readonly waiting: number;
  readonly overflowed: boolean;
}

/** A connection that either side opened, as the kernel's socket; the engine's end does what `events` says. */
async function connected(
  lab: Lab,
  version: Version,
  opens: Side,
  events: (socket: LiveSocket) => SocketEvents,
  clientPort = 0,
  given?: net.Server,
): Promise<{ client: net.Socket; stop: () => void }> {
  if (opens === 'kernel') {
    const stop = serve(lab.host, PORT, 4, events);
    const to = { host: ENGINE[version], port: PORT, allowHalfOpen: true };
    const client = net.connect(clientPort === 0 ? to : { ...to, localPort: clientPort, localAddress: KERNEL[version] });
    return { client, stop };
  }
  const server = given ?? (await listening(version, () => {}));
  const accepted = once(server, 'connection') as Promise<[net.Socket]>;
  const socket = connect(lab.host, lab.kernel(version), portOf(server), {}, clientPort);
  socket.events = { ...events(socket) };
  const [client] = await accepted;
  return { client, stop: () => void (given ?? server.close()) };
}

/** One question and its answer on a connection of its own; the question goes with the SYN where there is a cookie. */
async function askByFastOpen(lab: Lab, version: Version, port: number): Promise<string> {
  const question = Buffer.from('question');
  let answer = '';
  await new Promise<void>((resolve) => {
    lab.host.act((now, tx) => {
      const socket = lab.host.sockets.socket(version === 6 ? 'inet6' : 'inet');
      socket.bind({ address: lab.host.sourceFor(lab.kernel(version))!, port: 0 });
      const { value } = socket.fastOpen(now, { address: lab.kernel(version), port }, question, false, tx);
      const live = new LiveSocket(lab.host, socket, {
        data: (bytes) => {
          answer += Buffer.from(bytes).toString();
        },
        ended: () => live.end(),
        closed: () => resolve(),
      });
      live.write(question.subarray(Math.max(0, value)));
    });
  });
  return answer;
}

/** TcpExt counters of the kernel, in this network namespace. */
function kernelCounters(): ReadonlyMap<string, number> {
  const lines = readFileSync('/proc/net/netstat', 'utf8').split('\n');
  const [names = '', values = ''] = lines.filter((line) => line.startsWith('TcpExt:'));
  const numbers = values.split(' ').map(Number);
  return new Map(names.split(' ').map((name, i) => [name, numbers[i] ?? 0]));
}

function agreedBy({ socket }: LiveSocket): Agreed {
  const t = socket.connection!.tcb;
  return {
    mss: t.sndMss,
    sack: t.sackOk,
    timestamps: t.tsOk,
    scales: t.scaleOk ? [t.sndScale, t.rcvScale] : [-1, -1],
  };
}
