/** Names of system constants as scripts use them, with Linux' values (x86-64). */
import { EPOLL } from '../socket/epoll.ts';
import { ERRNO } from '../socket/errno.ts';
import { POLL } from '../socket/poll-bits.ts';
import { CA_STATE, TCP_STATE_NUMBER, TCPI_OPT } from '../socket/tcp-info.ts';

/** Constants of calls: flags, modes, levels, names. Levels and option names are compared as words, never as numbers. */
export const SYMBOLS: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(POLL),
  ...Object.entries(EPOLL),
  ...Object.entries(ERRNO).map(([name, [number]]): [string, number] => [name, number]),
  ...Object.entries({
    O_RDONLY: 0,
    O_WRONLY: 1,
    O_RDWR: 2,
    O_NONBLOCK: 0x800,
    SHUT_RD: 0,
    SHUT_WR: 1,
    SHUT_RDWR: 2,
    MSG_OOB: 0x1,
    MSG_PEEK: 0x2,
    MSG_DONTWAIT: 0x40,
    MSG_EOR: 0x80,
    MSG_WAITALL: 0x100,
    MSG_ERRQUEUE: 0x2000,
    MSG_NOSIGNAL: 0x4000,
    MSG_MORE: 0x8000,
    MSG_ZEROCOPY: 0x4000000,
    MSG_FASTOPEN: 0x20000000,
    MSG_TRUNC: 0x20,
    SOF_TIMESTAMPING_TX_HARDWARE: 1,
    SOF_TIMESTAMPING_TX_SOFTWARE: 2,
    SOF_TIMESTAMPING_RX_HARDWARE: 4,
    SOF_TIMESTAMPING_RX_SOFTWARE: 8,
    SOF_TIMESTAMPING_SOFTWARE: 16,
    SOF_TIMESTAMPING_SYS_HARDWARE: 32,
    SOF_TIMESTAMPING_RAW_HARDWARE: 64,
    SOF_TIMESTAMPING_OPT_ID: 128,
    SOF_TIMESTAMPING_TX_SCHED: 256,
    SOF_TIMESTAMPING_TX_ACK: 512,
    NULL: 0,
    FIONREAD: 0x541b,
    IP_PMTUDISC_DONT: 0,
    IP_PMTUDISC_WANT: 1,
    IP_PMTUDISC_DO: 2,
    IP_PMTUDISC_PROBE: 3,
  }),
]);

/** The kernel's names of states where they are not simply the RFC's. */
const KERNEL_STATE_NAMES: Readonly<Record<string, string>> = {
  'SYN-SENT': 'SYN_SENT',
  'SYN-RECEIVED': 'SYN_RECV',
  'FIN-WAIT-1': 'FIN_WAIT1',
  'FIN-WAIT-2': 'FIN_WAIT2',
  'TIME-WAIT': 'TIME_WAIT',
  CLOSED: 'CLOSE',
  'CLOSE-WAIT': 'CLOSE_WAIT',
  'LAST-ACK': 'LAST_ACK',
};

/** What an `assert` may name beside the tcpi_ fields (enum tcp_ca_state, net/tcp_states.h, uapi/linux/tcp.h). */
export const TCP_INFO_SYMBOLS: ReadonlyMap<string, number> = new Map<string, number>([
  ...Object.entries(CA_STATE).map(([name, value]): [string, number] => [`TCP_CA_${name}`, value]),
  ...Object.entries(TCPI_OPT).map(([name, value]): [string, number] => [`TCPI_OPT_${name}`, value]),
  ...Object.entries(TCP_STATE_NUMBER).map(([state, value]): [string, number] => [
    `TCP_${KERNEL_STATE_NAMES[state] ?? state}`,
    value,
  ]),
]);
