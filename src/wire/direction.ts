/** Which way a frame passed the host that captured it; the numbers of pcapng's packet flags. */
export const Direction = {
  /** Not told, or captured between two others. */
  Unknown: 0,
  In: 1,
  Out: 2,
} as const;

export type Direction = (typeof Direction)[keyof typeof Direction];

/** The packet type of Linux cooked frames (if_packet.h): to us, to all, to a group; 4 is what we sent. */
export function directionOfPacketType(type: number): Direction {
  if (type <= PACKET_MULTICAST) return Direction.In;
  // PACKET_OTHERHOST is seen in promiscuous mode: neither from us nor to us.
  return type === PACKET_OUTGOING ? Direction.Out : Direction.Unknown;
}

/** The netfilter hook of a logged packet (netfilter.h). */
export function directionOfHook(hook: number): Direction {
  switch (hook) {
    case NF_PRE_ROUTING:
    case NF_LOCAL_IN:
      return Direction.In;
    case NF_LOCAL_OUT:
    case NF_POST_ROUTING:
      return Direction.Out;
    default:
      return Direction.Unknown;
  }
}

const PACKET_MULTICAST = 2;
const PACKET_OUTGOING = 4;
const NF_PRE_ROUTING = 0;
const NF_LOCAL_IN = 1;
const NF_LOCAL_OUT = 3;
const NF_POST_ROUTING = 4;
