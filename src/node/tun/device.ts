/**
 * A Linux TUN device (Documentation/networking/tuntap.rst): IP packets between the kernel of a private network namespace
 * and one engine. Only packets from the engine's own addresses are ever written.
 *
 * koffi calls read(2), write(2) and ioctl(2) without a compiler, and lets Node's own event loop watch the descriptor.
 * Measured here: 470,000 packets of 1,400 bytes a second and more came in that way, 32,000 by `fs.read`, which also
 * keeps one of Node's four pool threads for itself; `fs.readSync` costs twice the time of koffi's `read`.
 */
import { closeSync, constants, existsSync, openSync, readFileSync } from 'node:fs';
import { HalfopenError } from '../../wire/error.ts';
import { systemReason } from '../system-reason.ts';
import { requirePrivateNamespace } from './namespace.ts';

export interface TunOptions {
  readonly name: string;
  /** Largest IP packet, 1280 (RFC 8200 §5) .. 65535. */
  readonly mtu: number;
  /** The engine's own addresses, 4 or 16 bytes each: the only sources `send` lets through. */
  readonly own: readonly Uint8Array[];
  /** The kernel's addresses on the device, one of each version at most. */
  readonly kernel: readonly { readonly address: Uint8Array; readonly prefix: number }[];
}

export interface TunCounters {
  /** Packets and bytes from the kernel, and to it. */
  received: number;
  receivedBytes: number;
  sent: number;
  sentBytes: number;
  /** Packets the kernel did not take (write returned an error). */
  refused: number;
}

/** Packets read before others get their turn on the event loop. */
const BATCH = 64;

export class TunDevice {
  readonly name: string;
  readonly counters: TunCounters = { received: 0, receivedBytes: 0, sent: 0, sentBytes: 0, refused: 0 };
  readonly #fd: number;
  readonly #libc: Libc;
  readonly #own: readonly Uint8Array[];
  readonly #buffer = Buffer.alloc(65536);
  #watch: { close(): void } | null = null;
  #pending = false;

  private constructor(name: string, fd: number, libc: Libc, own: readonly Uint8Array[]) {
    this.name = name;
    this.#fd = fd;
    this.#libc = libc;
    this.#own = own;
  }

  /** Makes the device, gives the kernel its addresses and brings it up. One sentence says what is missing. */
  static async open(options: TunOptions): Promise<TunDevice> {
    if (process.platform !== 'linux') throw new HalfopenError('a TUN device needs Linux');
    requirePrivateNamespace(MADE);
    const libc = await loadLibc();
    const fd = openNode();
    try {
      const request = interfaceRequest(options.name);
      request.writeInt16LE(IFF_TUN | IFF_NO_PI, IFNAMSIZ);
      libc.control(fd, TUNSETIFF, request, `make the TUN device ${options.name}`);
      MADE.add(options.name);
      configure(libc, options);
      await addressesReady(options.name);
    } catch (error) {
      closeSync(fd);
      throw error;
    }
    return new TunDevice(options.name, fd, libc, options.own);
  }

  /** From now on `onPacket` gets each packet of the kernel in `bytes[0 .. length)`, which the next one overwrites. */
  start(onPacket: (bytes: Uint8Array, length: number) => void): void {
    const drain = (): void => {
      this.#pending = false;
      for (let i = 0; i < BATCH && this.#watch !== null; i++) {
        const length = this.#libc.read(this.#fd, this.#buffer);
        if (length <= 0) return;
        this.counters.received++;
        this.counters.receivedBytes += length;
        onPacket(this.#buffer, length);
      }
    };
    // koffi calls back outside Node's callback scope, where promises would not go on: the work is done one step later.
    this.#watch = this.#libc.watch(this.#fd, () => {
      if (this.#pending) return;
      this.#pending = true;
      setImmediate(drain);
    });
  }

  /** Hands `bytes[0 .. length)`, one IP packet, to the kernel. Throws when its source is not an own address. */
  send(bytes: Uint8Array, length: number): void {
    if (!this.#isOwn(bytes)) throw new Error('refused to send a packet whose source is not our own address');
    if (this.#libc.write(this.#fd, bytes, length) === length) {
      this.counters.sent++;
      this.counters.sentBytes += length;
    } else this.counters.refused++;
  }

  /** Ends the device; the kernel removes the interface. */
  close(): void {
    if (this.#watch === null && !MADE.has(this.name)) return;
    this.#watch?.close();
    this.#watch = null;
    MADE.delete(this.name);
    closeSync(this.#fd);
  }

  #isOwn(bytes: Uint8Array): boolean {
    const version = bytes[0]! >>> 4;
    if (version !== 4 && version !== 6) return false;
    const [off, size] = version === 4 ? [12, 4] : [8, 16];
    for (const own of this.#own) {
      let i = own.length === size ? 0 : size;
      if (i === size) continue;
      while (i < size && own[i] === bytes[off + i]) i++;
      if (i === size) return true;
    }
    return false;
  }
}

/** Interfaces that this process made: they do not make a namespace less private. */
const MADE: Set<string> = new Set();

interface Libc {
  read(fd: number, into: Uint8Array): number;
  write(fd: number, bytes: Uint8Array, length: number): number;
  socket(family: number): number;
  /** ioctl(2); what was tried goes into the message when it fails. */
  control(fd: number, request: number, argument: Uint8Array, what: string): void;
  /** Calls back whenever `fd` is readable. */
  watch(fd: number, readable: () => void): { close(): void };
}

/** koffi is an optional dependency, needed by nothing else, so it is looked for only here. */
async function loadLibc(): Promise<Libc> {
  let koffi: typeof import('koffi').default;
  try {
    koffi = (await import('koffi')).default;
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ERR_MODULE_NOT_FOUND';
    const what = missing ? 'is not installed here: npm install koffi' : `does not load: ${(error as Error).message}`;
    throw new HalfopenError(`a TUN device needs the optional package koffi, which ${what}`);
  }
  const lib = koffi.load(null);
  const read = lib.func('intptr_t read(int fd, void *into, size_t room)');
  const write = lib.func('intptr_t write(int fd, void *bytes, size_t length)');
  const socket = lib.func('int socket(int domain, int type, int protocol)');
  const ioctl = lib.func('int ioctl(int fd, unsigned long request, ...)');
  return {
    read: (fd, into) => read(fd, into, into.length),
    write: (fd, bytes, length) => write(fd, bytes, length),
    socket: (family) => socket(family, SOCK_DGRAM, 0),
    control: (fd, request, argument, what) => {
      if (ioctl(fd, request, 'void *', argument) >= 0) return;
      const errno = koffi.errno();
      const name = Object.entries(koffi.os.errno).find(([, number]) => number === errno)?.[0] ?? `error ${errno}`;
      throw new HalfopenError(`cannot ${what}: ${REASONS[name] ?? name}`);
    },
    watch: (fd, readable) => koffi.node.poll(fd, { readable: true }, readable),
  };
}

function openNode(): number {
  try {
    return openSync(NODE, constants.O_RDWR | constants.O_NONBLOCK);
  } catch (error) {
    throw new HalfopenError(`cannot open ${NODE}: ${systemReason(error)}`);
  }
}

/** Addresses, MTU and "up", as netdevice(7) has them: nothing but the kernel is needed, no iproute2. */
function configure(libc: Libc, { name, mtu, kernel }: TunOptions): void {
  const socket4 = libc.socket(AF_INET);
  const socket6 = libc.socket(AF_INET6);
  try {
    libc.control(socket4, SIOCSIFMTU, withInt(interfaceRequest(name), mtu), `set the MTU of ${name}`);
    up(libc, socket4, 'lo');
    up(libc, socket4, name);
    for (const { address, prefix } of kernel) {
      if (address.length === 4) {
        libc.control(socket4, SIOCSIFADDR, withIpv4(name, address), `give ${name} its address`);
        libc.control(socket4, SIOCSIFNETMASK, withIpv4(name, netmask(prefix)), `give ${name} its netmask`);
      } else {
        if (socket6 < 0) throw new HalfopenError('this kernel has no IPv6');
        const index = interfaceRequest(name);
        libc.control(socket4, SIOCGIFINDEX, index, `find ${name}`);
        // struct in6_ifreq: address, prefix length, interface index.
        const request = Buffer.alloc(24);
        request.set(address);
        request.writeUInt32LE(prefix, 16);
        request.writeInt32LE(index.readInt32LE(IFNAMSIZ), 20);
        libc.control(socket6, SIOCSIFADDR, request, `give ${name} its IPv6 address`);
      }
    }
  } finally {
    closeSync(socket4);
    if (socket6 >= 0) closeSync(socket6);
  }
}

/**
 * An IPv6 address is tentative until the kernel's own worker has looked at it (RFC 4862 §5.4; addrconf_dad_work, also
 * without ARP). Until then connections to us would leave from ::1, which no answer can reach.
 */
async function addressesReady(name: string): Promise<void> {
  for (let tries = 0; tries < 500; tries++) {
    const lines = existsSync(IF_INET6) ? readFileSync(IF_INET6, 'utf8').split('\n') : [];
    // Columns: address, index, prefix length, scope, flags, name.
    const flags = lines.map((line) => line.trim().split(/\s+/)).filter((columns) => columns[5] === name);
    if (flags.every((columns) => (Number.parseInt(columns[4]!, 16) & IFA_F_TENTATIVE) === 0)) return;
    await new Promise((resolve) => setTimeout(resolve, 4));
  }
  throw new HalfopenError(`the IPv6 address of ${name} does not become valid`);
}

function up(libc: Libc, socket: number, name: string): void {
  const request = interfaceRequest(name);
  libc.control(socket, SIOCGIFFLAGS, request, `look at ${name}`);
  request.writeInt16LE(request.readInt16LE(IFNAMSIZ) | IFF_UP, IFNAMSIZ);
  libc.control(socket, SIOCSIFFLAGS, request, `bring ${name} up`);
}

/** struct ifreq of 64-bit machines, the larger one. */
function interfaceRequest(name: string): Buffer {
  const request = Buffer.alloc(40);
  request.write(name, 0, IFNAMSIZ - 1, 'latin1');
  return request;
}

function withInt(request: Buffer, value: number): Buffer {
  request.writeInt32LE(value, IFNAMSIZ);
  return request;
}

/** With a struct sockaddr_in: family, port, address. */
function withIpv4(name: string, address: Uint8Array): Buffer {
  const request = interfaceRequest(name);
  request.writeUInt16LE(AF_INET, IFNAMSIZ);
  request.set(address, IFNAMSIZ + 4);
  return request;
}

function netmask(prefix: number): Uint8Array {
  const mask = Buffer.alloc(4);
  mask.writeUInt32BE(prefix === 0 ? 0 : (-1 << (32 - prefix)) >>> 0);
  return mask;
}

const REASONS: Readonly<Record<string, string>> = {
  EPERM: 'not permitted here',
  EACCES: 'not permitted here',
  EBUSY: 'it is in use',
  EINVAL: 'the kernel refuses these settings',
};

const NODE = '/dev/net/tun';
const IF_INET6 = '/proc/net/if_inet6';

// <linux/if.h>, <linux/if_tun.h>, <linux/sockios.h>; little-endian machines and the generic ioctl layout, which is
// what koffi's Linux builds have but for ppc64.
const IFNAMSIZ = 16;
const IFF_UP = 0x1;
const IFF_TUN = 0x1;
const IFF_NO_PI = 0x1000;
const TUNSETIFF = 0x400454ca;
const SIOCGIFFLAGS = 0x8913;
const SIOCSIFFLAGS = 0x8914;
const SIOCSIFADDR = 0x8916;
const SIOCSIFNETMASK = 0x891c;
const SIOCSIFMTU = 0x8922;
const SIOCGIFINDEX = 0x8933;
const AF_INET = 2;
const AF_INET6 = 10;
const SOCK_DGRAM = 2;
const IFA_F_TENTATIVE = 0x40;
