/** What we hold of other RFCs, in our words; they number no requirements, so we do: R1, R2, … */
import type { Requirement } from './requirement.ts';

export interface OtherRfc {
  readonly rfc: number;
  readonly title: string;
  readonly rules: readonly Requirement[];
}

export const OTHER_RFCS: readonly OtherRfc[] = [
  rfc(4987, 'TCP SYN flooding attacks and common mitigations, §3', [
    ['3.2', 'The backlog can be raised, and memory for each entry is small'],
    ['3.3', 'Entries in SYN-RECEIVED end after a time that can be shortened'],
    ['3.4', 'The oldest half-open entry can be given up for a new one'],
    ['3.5', 'A SYN cache keeps less than a control block, under a hash that outsiders cannot aim at'],
    [
      '3.6',
      'SYN cookies keep nothing: the ISN carries the MSS, the timestamp the other options, and neither can be forged',
    ],
    ['3.6', 'A cookie is good for a limited time'],
    ['3.7', 'Defences combine: cookies only while the queue is full'],
  ]),
  rfc(5961, 'Robustness to blind in-window attacks', [
    ['3.2', 'RST at RCV.NXT exactly resets'],
    ['3.2', 'RST outside the window is dropped in silence'],
    ['3.2', 'RST elsewhere in the window is dropped and challenged by an ACK'],
    ['4.2', 'SYN in a synchronized state, whatever its number, is dropped and challenged by an ACK'],
    ['3.2', 'A peer that has forgotten the connection answers the challenge with a RST that counts'],
    ['5.2', 'An ACK counts only in SND.UNA - MAX.SND.WND .. SND.NXT; else the segment is dropped and an ACK sent'],
    ['7', 'Challenge ACKs are limited in rate, and the limit can be set'],
  ]),
  rfc(6298, 'The retransmission timer', [
    ['2.1', '1 s before the first measurement'],
    ['2.2', 'After the first, R: SRTT = R, RTTVAR = R/2, RTO = SRTT + max(G, 4 RTTVAR)'],
    ['2.3', 'After each other: RTTVAR with the old SRTT, then SRTT; gains 1/4 and 1/8'],
    ['2.4', 'Never less than 1 s'],
    ['2.5', 'A bound from above is 60 s or more'],
    ['3', 'Segments sent more than once are not measured (Karn)'],
    ['5.1', 'Sending data starts the timer if it does not run'],
    ['5.2', 'It stops when everything is acknowledged'],
    ['5.3', 'and starts anew when something new is'],
    ['5.4', 'When it runs out, the earliest segment goes again'],
    ['5.5', 'and the timeout doubles'],
    ['5.7', 'If the SYN had to be repeated, data starts with at least 3 s'],
  ]),
  rfc(6528, 'Initial sequence numbers', [
    ['3', 'ISN = M + F(addresses, ports, secret)'],
    ['3', 'M ticks every 4 microseconds, so one 4-tuple never goes back'],
    ['3', 'F is a pseudorandom function with a secret; other 4-tuples get unrelated numbers'],
  ]),
  rfc(7323, 'Window scale, timestamps, PAWS', [
    ['2.2', 'Scaling is used only when both SYNs offer it; a SYN/ACK offers it only in answer'],
    ['2.2', 'The window field of a SYN is never scaled'],
    ['2.3', 'A shift above 14 counts as 14'],
    ['2.3', 'Windows are shifted right when sent and left when received'],
    ['2.4', 'What was offered stays acceptable although rounding seems to take it back'],
    ['3.2', 'Timestamps are used only when both SYNs carry them; a SYN/ACK carries them only in answer'],
    ['3.2', 'Once agreed, every segment but a RST carries them'],
    ['3.2', 'and one without is dropped'],
    ['3.2', 'TSecr is zero without ACK'],
    ['4.1', 'TSecr tells the round trip even of what was sent twice'],
    ['4.3', 'TS.Recent is taken from a segment that is no older and begins at or before Last.ACK.sent'],
    ['5.3', 'PAWS: an older timestamp means an old duplicate, which is acknowledged and dropped, unless it is a RST'],
    ['5.5', 'TS.Recent is not compared with after 24 days'],
    ['5.4', 'The clock ticks between 1 ms and 1 s'],
  ]),
  rfc(7413, 'TCP Fast Open', [
    ['4.1.1', 'A cookie has 4 to 16 octets; an empty option asks for one'],
    ['4.1.2', 'The server’s cookie is bound to the client’s address and key, and cannot be forged'],
    ['4.1.3', 'The client remembers the cookie of a server'],
    ['4.2', 'With a good cookie the server takes the data of the SYN before the handshake is complete'],
    ['4.2', 'and may answer with data of its own before the ACK comes'],
    ['4.2', 'With a bad one the SYN/ACK acknowledges the SYN alone, and data goes again after the handshake'],
    ['4.2', 'A client whose SYN with data is lost repeats it without'],
    ['5.1', 'The number of connections that were opened fast and are not yet confirmed is limited'],
    ['4.2', 'Without the application’s wish on both sides nothing of this happens'],
  ]),
];

function rfc(number: number, title: string, rules: readonly (readonly [string, string])[]): OtherRfc {
  return {
    rfc: number,
    title,
    rules: rules.map(([section, text], i) => ({ label: `R${i + 1}`, section, text, group: '' })),
  };
}
