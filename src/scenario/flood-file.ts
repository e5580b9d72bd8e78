/** What a flood scenario's file holds after its defaults are filled in: the types that `flood-schema.ts` checks against. */
import type { TcpFile } from './file-shape.ts';

export type TimeText = string | 0;

/** A name alone, or a mapping with that name and what belongs to it. */
export type Named = string | ({ readonly name: string } & Readonly<Record<string, unknown>>);

export interface FloodFile {
  readonly kind: 'flood';
  readonly title: string;
  readonly summary: string;
  readonly order: number;
  readonly seed: number;
  readonly until: TimeText;
  readonly sampleEvery?: TimeText | undefined;
  readonly server: ServerFile;
  readonly clients: ClientsFile | readonly ClientsFile[];
  readonly followed?: FollowedFile | undefined;
  readonly floods: FloodSourceFile | readonly FloodSourceFile[];
  readonly botnets: BotnetFile | readonly BotnetFile[];
  readonly ingress: number | IngressFile;
  readonly boxes: readonly Named[];
  readonly access: AccessFile;
  readonly expect: Readonly<Record<string, number | string>>;
  readonly lesson: readonly LessonFile[];
}

export interface ServerFile {
  readonly address: string;
  readonly profile: string | ProfileFile;
  readonly settings: Readonly<Record<string, number>>;
  readonly tcp: TcpFile;
  readonly listen?: ServerListenFile | readonly ServerListenFile[] | undefined;
  readonly port?: number | undefined;
  readonly backlog?: number | undefined;
  readonly policy?: Named | undefined;
  readonly app?: 'auto' | 'never' | AppFile | undefined;
  readonly cost: CostFile;
}

export interface ProfileFile {
  readonly base: string;
  readonly name: string;
  readonly settings: Readonly<Record<string, number>>;
  readonly tcp: TcpFile;
  readonly backlog?: number | undefined;
  readonly policy?: Named | undefined;
}

export interface ServerListenFile {
  readonly port: number;
  readonly backlog?: number | undefined;
  readonly policy?: Named | undefined;
  readonly app?: 'auto' | 'never' | AppFile | undefined;
}

export interface AppFile {
  readonly accept: 'auto' | 'never' | 'workers';
  readonly workers: number;
  readonly service: TimeText;
  readonly response: number;
  readonly acceptFrom: TimeText;
}

export interface CostFile {
  readonly perSegment: TimeText;
  readonly perSynAck: TimeText;
  readonly perCookie: TimeText;
  readonly perListElement: TimeText;
  readonly limits: boolean;
  readonly queue: number;
}

export interface ClientsFile {
  readonly name?: string | undefined;
  readonly prefix?: string | undefined;
  readonly port: number;
  readonly rate?: number | undefined;
  readonly people: number;
  readonly fastOpen: boolean;
  readonly process: 'poisson' | 'constant';
  readonly from: TimeText;
  readonly to?: TimeText | undefined;
  readonly times?: readonly TimeText[] | undefined;
  readonly rtt: DistributionFile;
  readonly os: string | Readonly<Record<string, number | undefined>>;
  readonly request: number;
  readonly patience: TimeText;
  readonly after: 'close' | 'stay';
  readonly think: TimeText;
}

export type DistributionFile =
  | TimeText
  | {
      readonly uniform?: readonly [TimeText, TimeText] | undefined;
      readonly cycle?: readonly TimeText[] | undefined;
      readonly exponential?: readonly [TimeText, TimeText] | undefined;
    };

export interface FollowedFile {
  readonly address: string;
  readonly at: TimeText;
  readonly port: number;
  readonly rtt: TimeText;
  readonly os: string;
  readonly request: number;
  readonly patience: TimeText;
}

export type RateFile =
  | number
  | { readonly process: 'constant' | 'poisson'; readonly rate: number }
  | { readonly process: 'burst'; readonly size: number; readonly every: TimeText }
  | { readonly process: 'pulse'; readonly rate: number; readonly on: TimeText; readonly off: TimeText }
  | { readonly process: 'ramp'; readonly first: number; readonly last: number };

export interface FloodSourceFile {
  readonly name?: string | undefined;
  readonly port: number;
  readonly rate: RateFile;
  readonly from?: TimeText | undefined;
  readonly to?: TimeText | undefined;
  readonly spoof: 'own' | 'random' | 'silent' | 'live' | SpoofFile;
  readonly shape: 'bare' | 'mss' | 'linux' | 'windows';
  readonly retries: number;
  readonly data: number;
}

export interface SpoofFile {
  readonly mode: 'own' | 'random' | 'silent' | 'live';
  readonly prefix?: string | undefined;
  readonly count?: number | undefined;
  readonly live?: number | undefined;
}

export interface BotnetFile {
  readonly name?: string | undefined;
  readonly bots: number | BotKindFile | readonly BotKindFile[];
  readonly c2: string;
  readonly poll: TimeText;
  readonly joinWithin: TimeText;
  readonly orders: OrderFile | readonly OrderFile[];
  readonly takeDown?: { readonly how: 'sinkhole' | 'edge-block' | 'outage'; readonly at: TimeText } | undefined;
  readonly as: 'each' | 'sum' | 'auto';
}

export interface BotKindFile {
  readonly kind: 'pc' | 'phone' | 'iot' | 'server';
  readonly count: number;
  readonly prefix?: string | undefined;
  readonly networkBits: number;
  readonly uplink?: number | undefined;
  readonly rtt?: DistributionFile | undefined;
}

export interface OrderFile {
  readonly at: TimeText;
  readonly port: number;
  readonly rate: number;
  readonly duration: TimeText;
  readonly spoof: 'own' | 'subnet' | 'random';
  readonly prefix: string;
  readonly live: number;
  readonly shape: 'bare' | 'mss' | 'linux' | 'windows';
}

export interface IngressFile {
  readonly deployed: number;
  readonly mode: 'strict' | 'loose';
}

export interface AccessFile {
  readonly delay: TimeText;
  readonly rate?: string | undefined;
  readonly queue: number;
  readonly loss: number;
}

export interface LessonFile {
  readonly when: string | 0;
  readonly title: string;
  readonly say: string;
  readonly ask?: QuestionFile | undefined;
}

export interface QuestionFile {
  readonly question: string;
  readonly answers: readonly { readonly say: string; readonly right: boolean; readonly why: string }[];
}
