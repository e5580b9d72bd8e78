/**
 * SYN cache (RFC 4987 §3.5; Lemon, "Resisting SYN flood DoS attacks with a SYN cache", BSDCon 2002; FreeBSD
 * tcp_syncache.c): entries hang in the buckets of a keyed hash table, each bucket holds so many, and a SYN that finds its
 * bucket full takes the place of the oldest there. So no search is ever longer than a bucket, and an attacker who
 * cannot compute the hash cannot aim at one.
 *
 * An entry lives until as many later SYNs have fallen into its bucket as it holds: a matter of chance with a soft edge,
 * where oldest-drop has a step.
 */
import type { Segment } from '../../wire/segment.ts';
import type { HalfOpen } from '../half-open.ts';
import { jhash3 } from '../jhash.ts';
import { BUCKET_OLDEST_OUT, BUCKET_ROOM, CACHE_OLDEST_OUT, CACHE_ROOM, OVERFLOWED } from '../rules-policy.ts';
import { type Nanos, SEC } from '../types.ts';
import type { WhySink } from '../why.ts';
import type { ListenPolicy, RowWatcher, SynQueueView, SynVerdict } from './types.ts';

export interface SynCacheOptions {
  /** A power of two (FreeBSD net.inet.tcp.syncache.hashsize: 512). */
  readonly buckets?: number;
  /** Entries a bucket holds (bucketlimit: 30). */
  readonly bucketLimit?: number;
  /** Entries in all (cachelimit); left out: buckets × bucketLimit. Never more than the SYN queue has room for. */
  readonly cacheLimit?: number;
  /** What goes when the cache is full but the bucket is not: the bucket's oldest (FreeBSD) or the cache's (Lemon 2002). */
  readonly whenFull?: 'oldest-of-bucket' | 'oldest-of-cache';
  /** A secret word that keys the hash. */
  readonly secret: number;
}

/** A SYN cache, and what FreeBSD's pause asks it. */
export interface SynCache extends ListenPolicy {
  readonly rows: RowWatcher;
  /** The oldest entry in the bucket that `row` is or was in, or -1. */
  oldestBeside(row: number): number;
  /** Whether the bucket of `ack` has given up an entry lately. */
  overflowed(now: Nanos, ack: Readonly<Segment>, why: WhySink | null): boolean;
}

/** FreeBSD SYNCOOKIE_LIFETIME: so long a bucket's overflow is remembered, and cookies of those it gave up are taken. */
const OVERFLOW_MEMORY: Nanos = 15 * SEC;

/** Throws a RangeError for limits that make no table. The accept queue is not looked at, as in FreeBSD. */
export function synCache(options: SynCacheOptions): SynCache {
  const { buckets = 512, bucketLimit = 30, whenFull = 'oldest-of-bucket', secret } = options;
  const cacheLimit = options.cacheLimit ?? buckets * bucketLimit;
  if (buckets < 1 || buckets > 2 ** 24 || (buckets & (buckets - 1)) !== 0)
    throw new RangeError(`SYN cache: buckets must be a power of two up to 2^24, not ${buckets}`);
  for (const limit of [bucketLimit, cacheLimit])
    if (!Number.isInteger(limit) || limit < 1)
      throw new RangeError(`SYN cache: limits must be integers > 0, not ${limit}`);
  const lists = new BucketLists(buckets, secret);
  const overflowAt = new Float64Array(buckets).fill(-Infinity);
  let victim = -1;

  /** `row` is to go for a SYN that falls into `bucket`. */
  function evict(now: Nanos, bucket: number, row: number): SynVerdict {
    victim = row;
    overflowAt[bucket] = now;
    return row < 0 ? 'drop-syn-queue' : 'evict';
  }

  return {
    name: 'syn-cache',
    cookies: false,
    rows: lists,
    onSyn(now, syn, synQueue: SynQueueView, _acceptQueue, why): SynVerdict {
      const bucket = lists.bucketOf(syn.src, syn.sport);
      const length = lists.length(bucket);
      if (why !== null) why.check(BUCKET_ROOM, length < bucketLimit, length, bucketLimit, 0);
      if (length >= bucketLimit) {
        if (why !== null) why.act(BUCKET_OLDEST_OUT, length, 0, 0);
        return evict(now, bucket, lists.first(bucket));
      }
      const most = Math.min(cacheLimit, synQueue.capacity);
      if (why !== null) why.check(CACHE_ROOM, synQueue.length < most, synQueue.length, most, 0);
      if (synQueue.length < most) return 'queue';
      if (whenFull === 'oldest-of-cache') {
        if (why !== null) why.act(CACHE_OLDEST_OUT, synQueue.length, 0, 0);
        return evict(now, bucket, synQueue.oldest());
      }
      if (why !== null && length > 0) why.act(BUCKET_OLDEST_OUT, length, 0, 0);
      return evict(now, bucket, lists.first(bucket));
    },
    victim: () => victim,
    oldestBeside: (row) => lists.first(lists.bucketOfRow(row)),
    overflowed(now, ack, why): boolean {
      const age = now - overflowAt[lists.bucketOf(ack.src, ack.sport)]!;
      if (why !== null) why.check(OVERFLOWED, age <= OVERFLOW_MEMORY, age, OVERFLOW_MEMORY, 0);
      return age <= OVERFLOW_MEMORY;
    },
  };
}

/** Rows by bucket, each list in the order of arrival. */
class BucketLists implements RowWatcher {
  readonly #secret: number;
  readonly #mask: number;
  readonly #first: Int32Array;
  readonly #last: Int32Array;
  readonly #length: Int32Array;
  /** Per row: previous and next in its bucket, and which bucket, side by side. */
  #links: Int32Array = new Int32Array(3 * 16);

  constructor(buckets: number, secret: number) {
    this.#secret = secret | 0;
    this.#mask = buckets - 1;
    this.#first = new Int32Array(buckets).fill(NIL);
    this.#last = new Int32Array(buckets).fill(NIL);
    this.#length = new Int32Array(buckets);
  }

  /** FreeBSD hashes foreign port, local port and foreign address; the local port is one listener's and tells nothing. */
  bucketOf(remote: number, remotePort: number): number {
    return jhash3(remote | 0, remotePort, remote > 0xffffffff ? 1 : 0, this.#secret) & this.#mask;
  }

  bucketOfRow(row: number): number {
    return this.#links[3 * row + 2]!;
  }

  length(bucket: number): number {
    return this.#length[bucket]!;
  }

  first(bucket: number): number {
    return this.#first[bucket]!;
  }

  added(row: number, half: Readonly<HalfOpen>): void {
    if (3 * row >= this.#links.length) this.#grow(row);
    const links = this.#links;
    const bucket = this.bucketOf(half.remote, half.remotePort);
    const last = this.#last[bucket]!;
    links[3 * row] = last;
    links[3 * row + 1] = NIL;
    links[3 * row + 2] = bucket;
    if (last === NIL) this.#first[bucket] = row;
    else links[3 * last + 1] = row;
    this.#last[bucket] = row;
    this.#length[bucket]!++;
  }

  /** The row's bucket stays known until the row is used again. */
  removed(row: number): void {
    const links = this.#links;
    const prev = links[3 * row]!;
    const next = links[3 * row + 1]!;
    const bucket = links[3 * row + 2]!;
    if (prev === NIL) this.#first[bucket] = next;
    else links[3 * prev + 1] = next;
    if (next === NIL) this.#last[bucket] = prev;
    else links[3 * next] = prev;
    this.#length[bucket]!--;
  }

  clear(): void {
    this.#first.fill(NIL);
    this.#last.fill(NIL);
    this.#length.fill(0);
  }

  #grow(row: number): void {
    const old = this.#links;
    this.#links = new Int32Array(Math.max(2 * old.length, 3 * (row + 1)));
    this.#links.set(old);
  }
}

const NIL = -1;
