/** One engine and one kernel across a TUN device, with addresses of both IP versions. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { TunDevice } from '../../src/node/tun/device.ts';
import { TunHost, type TunHostOptions } from '../../src/node/tun/host.ts';
import { CLEAR, type Impairment } from '../../src/node/tun/link.ts';
import { LINUX6_HOST } from '../../src/socket/settings.ts';
import type { TcpConfig } from '../../src/tcp/config.ts';
import { MS } from '../../src/tcp/types.ts';
import { AddressTable } from '../../src/wire/address.ts';

export type Version = 4 | 6;

/** What this kernel has. */
export const VERSIONS: readonly Version[] = existsSync('/proc/net/if_inet6') ? [4, 6] : [4];

export const ENGINE = { 4: '198.18.0.2', 6: 'fd00:68:6f::2' } as const;
export const KERNEL = { 4: '198.18.0.1', 6: 'fd00:68:6f::1' } as const;

/** Loss in percent each way; with it 1 % are held back, 0.5 % come twice, and each packet takes a millisecond. */
export interface Road {
  readonly loss: number;
  readonly seed: number;
  /** Milliseconds instead of that one. */
  readonly delay?: number;
}

export interface Lab {
  readonly host: TunHost;
  readonly device: TunDevice;
  /** Handle of the kernel's address. */
  kernel(version: Version): number;
}

export interface LabOptions {
  readonly road?: Road | undefined;
  readonly tap?: TunHostOptions['tap'];
  /** What differs from the usual on the engine's side, and sysctls of the kernel's by their names below net.ipv4. */
  readonly engine?: Partial<TcpConfig>;
  readonly syncookies?: 0 | 1 | 2;
  /** Bits of net.ipv4.tcp_fastopen of the engine's side. */
  readonly fastOpen?: number;
  readonly kernel?: Readonly<Record<string, string>>;
}

/** Makes the lab, lets `use` work in it, and takes it down. */
export async function withLab<T>(options: LabOptions, use: (lab: Lab) => Promise<T>): Promise<T> {
  const restore = setSysctls(options.kernel ?? {});
  const addresses = new AddressTable();
  const own = VERSIONS.map((version) => addresses.parse(ENGINE[version]));
  const device = await TunDevice.open({
    name: 'halfopen0',
    mtu: 1500,
    own: own.map((address) => addressBytes(addresses, address)),
    kernel: VERSIONS.map((version) => ({
      address: addressBytes(addresses, addresses.parse(KERNEL[version])),
      prefix: version === 4 ? 24 : 64,
    })),
  });
  const host = new TunHost({
    device,
    addresses,
    own,
    settings: {
      ...LINUX6_HOST,
      tcp: { ...LINUX6_HOST.tcp, rcvBuf: BUFFER, sndBuf: BUFFER, ...options.engine },
      syncookies: options.syncookies ?? LINUX6_HOST.syncookies,
      fastOpen: { ...LINUX6_HOST.fastOpen, flags: options.fastOpen ?? LINUX6_HOST.fastOpen.flags },
    },
    ...(options.road !== undefined && {
      toKernel: roadOf(options.road),
      toEngine: roadOf(options.road),
      seed: options.road.seed,
    }),
    ...(options.tap !== undefined && { tap: options.tap }),
  });
  try {
    return await use({ host, device, kernel: (version) => addresses.parse(KERNEL[version]) });
  } finally {
    host.close();
    restore();
  }
}

/** They belong to our network namespace alone. Returns how to set them back. */
function setSysctls(values: Readonly<Record<string, string>>): () => void {
  const before = Object.keys(values).map((name) => [name, readFileSync(`${SYSCTLS}/${name}`, 'utf8')] as const);
  for (const [name, value] of Object.entries(values)) writeFileSync(`${SYSCTLS}/${name}`, value);
  return () => {
    for (const [name, value] of before) writeFileSync(`${SYSCTLS}/${name}`, value);
  };
}

function addressBytes(addresses: AddressTable, address: number): Uint8Array {
  const bytes = new Uint8Array(addresses.isV6(address) ? 16 : 4);
  addresses.bytes(address, bytes, 0);
  return bytes;
}

/** As it stands in a URL. */
export function urlHost(address: string): string {
  return address.includes(':') ? `[${address}]` : address;
}

function roadOf({ loss, delay = 1 }: Road): Impairment {
  return { ...CLEAR, loss: loss / 100, delay: delay * MS, reorder: 0.01, reorderBy: 1 * MS, duplicate: 0.005 };
}

const BUFFER = 2 ** 20;
const SYSCTLS = '/proc/sys/net/ipv4';
