/** The bits of `Fact` by name, for JSON, CSV and Parquet. Names are part of the public interface. */
import { Fact } from '../diagnose/verdict.ts';

/** Names of the facts that are set and that verdict and evidence do not tell already, in a fixed order. */
export function factNames(facts: number): string[] {
  return FACT_NAMES.filter(({ fact }) => (facts & fact) !== 0).map(({ name }) => name);
}

export const FACT_NAMES: readonly { readonly fact: number; readonly name: string; readonly meaning: string }[] = [
  { fact: Fact.DataOnSyn, name: 'data-on-syn', meaning: 'The SYN carried data.' },
  { fact: Fact.FastOpen, name: 'fast-open', meaning: 'The SYN carried a Fast Open cookie, or asked for one.' },
  { fact: Fact.SynAckFirst, name: 'synack-first', meaning: 'The SYN/ACK stands before its SYN in the capture.' },
  { fact: Fact.Crossed, name: 'crossed', meaning: 'SYNs crossed: simultaneous open or split handshake.' },
  { fact: Fact.LateAck, name: 'late-ack', meaning: 'Not the bare Y+1 but a later segment acknowledged the SYN/ACK.' },
  {
    fact: Fact.AnswerNotCaptured,
    name: 'answer-not-captured',
    meaning: 'The client went on at X+1 though no answer was captured.',
  },
  { fact: Fact.SynAckChanged, name: 'synack-changed', meaning: 'SYN/ACKs came with different Y.' },
  { fact: Fact.EcnSetup, name: 'ecn-setup', meaning: 'The SYN carried ECE and CWR: it asks for ECN.' },
  { fact: Fact.RstIgnored, name: 'rst-ignored', meaning: 'The RST lacks the ACK flag, so a client drops it.' },
  { fact: Fact.WrongAck, name: 'wrong-ack', meaning: 'The client acknowledged something else than the SYN/ACK.' },
  { fact: Fact.DataAck, name: 'data-ack', meaning: 'The segment that completed the handshake carried data.' },
  { fact: Fact.SynDataTaken, name: 'syn-data-taken', meaning: 'The SYN/ACK acknowledged data of the SYN.' },
  { fact: Fact.ServerWentOn, name: 'server-went-on', meaning: 'The server acknowledged the SYN in another segment.' },
  { fact: Fact.ClientFin, name: 'client-fin', meaning: 'The client sent FIN.' },
  { fact: Fact.ServerFin, name: 'server-fin', meaning: 'The server sent FIN.' },
  {
    fact: Fact.LateRst,
    name: 'late-rst',
    meaning: 'An RST came after the handshake, or within a connection begun before.',
  },
];
