import { expect, test } from 'vitest';
import { TunDevice } from './device.ts';

const OPTIONS = { name: 'halfopen0', mtu: 1500, own: [], kernel: [] };

test.skipIf(process.platform !== 'linux')('outside a network namespace of its own no device is made', async () => {
  await expect(TunDevice.open(OPTIONS)).rejects.toThrow(/^no TUN device outside a network namespace of its own: /);
});
