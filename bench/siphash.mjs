// SipHash-2-4 in 32-bit halves, and SYN cookies made and checked per second (target: 4 million of either).
import { CookieJar, SipHash } from '../dist/tcp.js';

const secret = Uint32Array.of(0x03020100, 0x07060504, 0x0b0a0908, 0x0f0e0d0c);
const N = 2_000_000;

const prf = new SipHash(secret);
measure('SipHash-2-4 of 16 bytes', (i) => prf.hash4(i, i + 1, i + 2, i + 3));

const jar = new CookieJar(secret);
measure('SYN cookies made', (i) => jar.make(0, 0xc0000201, 80, 0xc6120000 + i, i & 0xffff, i, 1460));
const cookie = jar.make(0, 0xc0000201, 80, 0xc6120000, 1024, 7, 1460);
measure('SYN cookies checked, forged', (i) => jar.check(0, 0xc0000201, 80, 0xc6120000, 1024, 7, (cookie + i) >>> 0));
measure('SYN cookies checked, valid', () => jar.check(0, 0xc0000201, 80, 0xc6120000, 1024, 7, cookie));

function measure(name, f) {
  let best = 0;
  let sink = 0;
  for (let round = 0; round < 4; round++) {
    const start = performance.now();
    for (let i = 0; i < N; i++) sink ^= f(i);
    best = Math.max(best, N / (performance.now() - start) / 1000);
  }
  console.log(`${name}: ${best.toFixed(2)} M/s${sink === 0.5 ? ' ' : ''}`);
}
