/** Retransmission timeout: smoothed RTT and its variation (RFC 6298 §2). */
import type { TcpConfig } from './config.ts';
import { MS, type Nanos } from './types.ts';

/** Clock granularity G of RFC 6298 §2.3: a timer does not promise better than this. */
const GRANULARITY: Nanos = 1 * MS;

export class RtoEstimator {
  /** Smoothed round trip in ns; -1 before the first measurement. */
  srtt: Nanos = -1;
  rttvar: Nanos = 0;
  /** The shortest round trip measured; -1 before the first. */
  least: Nanos = -1;
  /** Doublings of `rto`: they stay until a segment sent once has been measured (Karn, RFC 6298 §5.5-5.7). */
  backoff = 0;
  /** Current timeout, without backoff. */
  rto: Nanos;

  constructor(config: TcpConfig) {
    this.rto = config.initialRto;
  }

  /** Takes a measurement `r` of a segment that was sent once only (Karn, §3). Integer nanoseconds throughout. */
  sample(r: Nanos, config: TcpConfig): void {
    this.backoff = 0;
    if (this.least < 0 || r < this.least) this.least = r;
    if (this.srtt < 0) {
      this.srtt = r;
      this.rttvar = Math.floor(r / 2);
    } else {
      this.rttvar = Math.floor((3 * this.rttvar + Math.abs(this.srtt - r)) / 4);
      this.srtt = Math.floor((7 * this.srtt + r) / 8);
    }
    const floor = config.rtoFloor === 'variance' ? config.minRto : GRANULARITY;
    const rto = this.srtt + Math.max(floor, 4 * this.rttvar);
    this.rto = Math.min(config.maxRto, Math.max(config.minRto, rto));
  }

  /** The timeout to wait now. */
  timeout(config: TcpConfig): Nanos {
    return backedOff(this.rto, this.backoff, config.maxRto);
  }
}

/** `rto` doubled `times` times, bounded by `max` (§5.5). */
export function backedOff(rto: Nanos, times: number, max: Nanos): Nanos {
  // 2^31 ns × any RTO exceeds every bound long before the shift could overflow a double.
  return Math.min(max, rto * 2 ** Math.min(times, 40));
}
