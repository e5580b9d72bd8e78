import fc from 'fast-check';
import { expect, test } from 'vitest';
import { handshake } from '../../test/support/recording-builder.ts';
import { headerFields } from './header-fields.ts';

// The SYN/ACK of the lab design's mock-up, byte for byte.
const SYN_ACK = Uint8Array.from(
  (
    '00 50 c2 94 30 5d 06 b8 c2 2e b1 f1 a0 12 fe 88 51 16 00 00 ' +
    '02 04 05 b4 04 02 08 0a 5f 9c e6 cc ab 2e 32 13 01 03 03 07'
  )
    .split(' ')
    .map((byte) => Number.parseInt(byte, 16)),
);

function fieldsOf(bytes: Uint8Array): ReturnType<typeof headerFields> {
  return headerFields({ ...handshake().flights[0]!.segment, bytes, tcpOff: 0 });
}

test('the fields of a real SYN/ACK', () => {
  expect(fieldsOf(SYN_ACK).map((f) => [f.offset, f.hex, f.name, f.value])).toEqual([
    [0, '00 50', 'Source port', '80'],
    [2, 'c2 94', 'Destination port', '49812'],
    [4, '30 5d 06 b8', 'Sequence number', '811402936'],
    [8, 'c2 2e b1 f1', 'Acknowledgment number', '3257840113'],
    [12, 'a0', 'Data offset', '40 bytes of header'],
    [13, '12', 'Flags', 'SYN/ACK'],
    [14, 'fe 88', 'Window', '65160'],
    [16, '51 16', 'Checksum', '0x5116'],
    [18, '00 00', 'Urgent pointer', '0'],
    [20, '02 04 05 b4', 'Maximum segment size', '1460'],
    [24, '04 02', 'SACK permitted', 'yes'],
    [26, '08 0a 5f 9c e6 cc ab 2e 32 13', 'Timestamps', 'TSval 1604118220, TSecr 2871931411'],
    [36, '01', 'No-operation', 'padding'],
    [37, '03 03 07', 'Window scale', 'shift 7: window × 128'],
  ]);
});

test('data follows the header as one field', () => {
  const withData = Uint8Array.from([...SYN_ACK, 1, 2, 3]);
  expect(fieldsOf(withData).at(-1)).toMatchObject({ key: 'data', offset: 40, length: 3, group: 'data' });
});

test('any bytes: never throws, fields lie end to end and cover everything', () => {
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 20, maxLength: 70 }), (bytes) => {
      let next = 0;
      for (const field of fieldsOf(bytes)) {
        expect(field.offset).toBe(next);
        expect(field.length).toBeGreaterThan(0);
        next += field.length;
      }
      expect(next).toBe(bytes.length);
    }),
  );
});
