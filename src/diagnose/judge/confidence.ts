/**
 * A judgement as a sum of reasons. Each reason is worth the logarithm of how much likelier what was seen is with the
 * judgement than without it; the sum starts at what is thought before anything was seen (Good, "Weight of evidence: a brief
 * survey", 1985). So whoever disagrees can see with which reason, and by how much.
 */
import type { Confidence, Reason } from '../findings.ts';

/** Reasons of one possible judgement, gathered; a weight of 0 is a remark. */
export class Reasons {
  readonly list: Reason[] = [];

  add(weight: number, sentence: string, detector = ''): void {
    this.list.push({ weight, sentence, detector });
  }

  /** A detector's whole sentence among reasons, which are clauses: without its capital and its full stop. */
  quote(weight: number, sentence: string, detector: string): void {
    const first = /^[A-Z][A-Z]/.test(sentence) ? sentence.charAt(0) : sentence.charAt(0).toLowerCase();
    this.add(weight, first + sentence.slice(1).replace(/\.$/, ''), detector);
  }

  get sum(): number {
    return this.list.reduce((sum, reason) => sum + reason.weight, 0);
  }

  confidence(): Confidence {
    const score = 1 / (1 + Math.exp(-this.sum));
    const because = this.list.toSorted((a, b) => Math.abs(b.weight) - Math.abs(a.weight));
    return { level: score >= 0.97 ? 'high' : score >= 0.85 ? 'medium' : 'low', score, because };
  }
}
