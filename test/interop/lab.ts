/** One engine and one kernel across a TUN device, with addresses of both IP versions. */
import { TunDevice } from '../../src/node/tun/device.ts';
import { TunHost, type TunHostOptions } from '../../src/node/tun/host.ts';
import { CLEAR, type Impairment } from '../../src/node/tun/link.ts';
import { LINUX6_HOST } from '../../src/socket/settings.ts';
import { MS } from '../../src/tcp/types.ts';
import { AddressTable } from '../../src/wire/address.ts';

export type Version = 4 | 6;

export const ENGINE = { 4: '198.18.0.2', 6: 'fd00:68:6f::2' } as const;
export const KERNEL = { 4: '198.18.0.1', 6: 'fd00:68:6f::1' } as const;

/** Loss in percent each way; with it 1 % are held back, 0.5 % come twice, and each packet takes a millisecond. */
export interface Road {
  readonly loss: number;
  readonly seed: number;
}

export interface Lab {
  readonly host: TunHost;
  readonly device: TunDevice;
  /** Handle of the kernel's address. */
  kernel(version: Version): number;
}

/** Makes the lab, lets `use` work in it, and takes it down. */
export async function withLab<T>(
  options: { readonly road?: Road | undefined; readonly tap?: TunHostOptions['tap']; readonly timeWait?: number },
  use: (lab: Lab) => Promise<T>,
): Promise<T> {
  const addresses = new AddressTable();
  const own = [addresses.parse(ENGINE[4]), addresses.parse(ENGINE[6])];
  const device = await TunDevice.open({
    name: 'halfopen0',
    mtu: 1500,
    own: own.map((address) => addressBytes(addresses, address)),
    kernel: [
      { address: addressBytes(addresses, addresses.parse(KERNEL[4])), prefix: 24 },
      { address: addressBytes(addresses, addresses.parse(KERNEL[6])), prefix: 64 },
    ],
  });
  const tcp = { ...LINUX6_HOST.tcp, rcvBuf: BUFFER, sndBuf: BUFFER };
  const host = new TunHost({
    device,
    addresses,
    own,
    settings: { ...LINUX6_HOST, tcp: options.timeWait === undefined ? tcp : { ...tcp, timeWait: options.timeWait } },
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
  }
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

function roadOf({ loss }: Road): Impairment {
  return { ...CLEAR, loss: loss / 100, delay: 1 * MS, reorder: 0.01, reorderBy: 1 * MS, duplicate: 0.005 };
}

const BUFFER = 2 ** 20;
