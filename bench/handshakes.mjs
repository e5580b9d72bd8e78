// Handshakes per second, engine to engine in one process: open, accept, close. Once passing Segment objects, once with
// real IPv4+TCP bytes and checksums on both sides. Then bytes of memory per established connection.
import { LINUX6, TcpStack } from '../dist/tcp.js';
import { AddressTable, decodeIp, encodeIpPacket, Packet, resetSegment, Segment } from '../dist/wire.js';

const CLIENT = 0xc6120001; // 198.18.0.1
const SERVER = 0xc6130001; // 198.19.0.1
const SECRET = Uint32Array.of(1, 2, 3, 4);
const config = { ...LINUX6, timeWait: 1 };

/** A queue of pooled segments: what one side sent and the other has not yet received. */
class Wire {
  constructor() {
    this.pool = [];
    this.queue = [];
    this.head = 0;
  }
  alloc() {
    const seg = this.pool.pop();
    if (seg === undefined) return new Segment();
    resetSegment(seg);
    return seg;
  }
  send(seg) {
    this.queue.push(seg);
  }
  deliver(to, now, back) {
    let n = 0;
    while (this.head < this.queue.length) {
      const seg = this.queue[this.head++];
      to.onSegment(now, seg, back);
      this.pool.push(seg);
      n++;
    }
    this.queue.length = 0;
    this.head = 0;
    return n;
  }
}

/** The same with bytes in between: encoded with checksums at one side, verified and decoded at the other. */
class ByteWire extends Wire {
  constructor() {
    super();
    this.addresses = new AddressTable();
    this.bytes = new Uint8Array(65536);
    this.view = new DataView(this.bytes.buffer);
    this.packet = new Packet();
    this.end = 0;
    this.ends = [];
    this.taken = 0;
    this.at = 0;
  }
  send(seg) {
    this.end += encodeIpPacket(seg, this.addresses, this.bytes, this.end);
    this.ends.push(this.end);
    this.pool.push(seg);
  }
  deliver(to, now, back) {
    let n = 0;
    while (this.taken < this.ends.length) {
      const end = this.ends[this.taken++];
      const status = decodeIp(this.bytes, this.view, this.at, end, this.addresses, this.packet);
      if (status !== 0 || this.packet.tcpChecksum !== 'ok') throw new Error(`a segment did not survive: ${status} ${this.packet.tcpChecksum}`);
      this.at = end;
      to.onSegment(now, this.packet.seg, back);
      n++;
    }
    this.end = 0;
    this.at = 0;
    this.taken = 0;
    this.ends.length = 0;
    return n;
  }
}

function handshakes(Kind, n) {
  const client = new TcpStack({ addresses: [CLIENT], config, secret: SECRET });
  const server = new TcpStack({ addresses: [SERVER], config, secret: SECRET });
  const listener = server.listen(80, { backlog: 128 });
  const up = new Kind();
  const down = new Kind();
  let now = 0;
  let accepted = 0;
  const start = performance.now();
  for (let i = 0; i < n; i++) {
    now += 1000;
    const c = client.connect(now, SERVER, 80, up, { localPort: 1024 + (i % 60000) });
    up.deliver(server, now, down);
    down.deliver(client, now, up);
    up.deliver(server, now, down);
    const s = listener.accept();
    if (s !== undefined) accepted++;
    c.close(now, up);
    up.deliver(server, now, down);
    down.deliver(client, now, up);
    s.close(now, down);
    down.deliver(client, now, up);
    up.deliver(server, now, down);
    client.onTimer(now + 2, up);
  }
  const seconds = (performance.now() - start) / 1000;
  if (accepted !== n) throw new Error(`${accepted} of ${n} accepted`);
  return n / seconds;
}

function bytesPerEstablished(n) {
  const client = new TcpStack({ addresses: [CLIENT], config, secret: SECRET });
  const server = new TcpStack({ addresses: [SERVER], config, secret: SECRET });
  const listener = server.listen(80, { backlog: 128 });
  const up = new Wire();
  const down = new Wire();
  globalThis.gc?.();
  const before = process.memoryUsage();
  for (let i = 0; i < n; i++) {
    client.connect(i * 1000, SERVER, 80, up, { localPort: 1024 + i });
    up.deliver(server, i * 1000, down);
    down.deliver(client, i * 1000, up);
    up.deliver(server, i * 1000, down);
    listener.accept();
  }
  globalThis.gc?.();
  const after = process.memoryUsage();
  return (after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers) / (2 * n);
}

const show = (name, value, target) =>
  console.log(`${name.padEnd(52)} ${Math.round(value).toLocaleString('en').padStart(12)}   target ${target}`);

handshakes(Wire, 50_000);
show('handshakes/s passing segments (open, accept, close)', handshakes(Wire, 400_000), '>= 500,000');
handshakes(ByteWire, 50_000);
show('handshakes/s with bytes and checksums', handshakes(ByteWire, 200_000), '>= 200,000');
if (globalThis.gc !== undefined) show('bytes per established connection', bytesPerEstablished(30_000), 'none set');
else console.log('bytes per established connection: run with node --expose-gc');
