/** TCP settings in scenario files: which of a profile's can be changed, and what they become. */
import { z } from 'zod';
import type { TcpConfig } from '../tcp/config.ts';
import type { TcpFile } from './file-shape.ts';
import { duration, strict, whole } from './shape.ts';
import { time } from './units.ts';

export function tcpSettings(file: TcpFile): Partial<TcpConfig> {
  const { delayedAck, initialRto, timeWait, ...rest } = file;
  const plain = Object.fromEntries(Object.entries(rest).filter(([, v]) => v !== undefined)) as Partial<TcpConfig>; // keys named alike in both
  return {
    ...plain,
    ...(delayedAck !== undefined && { delayedAck: time(delayedAck) }),
    ...(initialRto !== undefined && { initialRto: time(initialRto) }),
    ...(timeWait !== undefined && { timeWait: time(timeWait) }),
  };
}

export const tcpShape: z.ZodType<TcpFile, TcpFile> = strict({
  mss: whole(1, 65495, 'a segment size').optional(),
  rcvBuf: whole(1, 2 ** 30, 'a buffer size').optional(),
  sndBuf: whole(1, 2 ** 30, 'a buffer size').optional(),
  windowScale: whole(-1, 14, 'a shift (-1 = not offered)').optional(),
  sack: z.boolean().optional(),
  timestamps: z.boolean().optional(),
  nagle: z.boolean().optional(),
  delayedAck: duration.optional(),
  initialRto: duration.optional(),
  synRetries: whole(0, 100, 'a count').optional(),
  synLinearTimeouts: whole(0, 100, 'a count').optional(),
  synackRetries: whole(0, 100, 'a count').optional(),
  dataRetries: whole(0, 100, 'a count').optional(),
  timeWait: duration.optional(),
}).describe('Settings that differ from the profile.');
