/** What a scenario file holds after its defaults are filled in: the types that `schema.ts` checks against. */

/** Host names as keys, so that the file refers to hosts by name. */
export interface ScenarioFile {
  readonly kind?: 'handshake' | undefined;
  readonly title: string;
  readonly summary: string;
  readonly order: number;
  readonly profile: 'rfc9293' | 'linux-6';
  readonly seed: number;
  readonly until: string | 0;
  readonly maxSteps: number;
  readonly hosts: Readonly<Record<string, HostFile>>;
  readonly link: LinkFile;
  readonly path: readonly PathFile[];
  readonly inject: readonly InjectFile[];
  readonly expect: ExpectFile;
  readonly story: readonly StoryFile[];
}

export interface HostFile {
  readonly role: 'client' | 'server' | 'peer';
  readonly address: string;
  readonly port?: number | undefined;
  readonly iss: number | readonly number[];
  readonly read: 'auto' | 'never';
  readonly listen: readonly ListenFile[];
  readonly tcp: TcpFile;
  readonly do: readonly ActionFile[];
}

export interface ListenFile {
  readonly port: number;
  readonly backlog: number;
  readonly policy: 'drop-when-full' | 'syn-cookies' | 'cookies-when-full';
  readonly accept: 'auto' | 'never';
}

export interface TcpFile {
  readonly mss?: number | undefined;
  readonly rcvBuf?: number | undefined;
  readonly sndBuf?: number | undefined;
  readonly windowScale?: number | undefined;
  readonly sack?: boolean | undefined;
  readonly timestamps?: boolean | undefined;
  readonly nagle?: boolean | undefined;
  readonly delayedAck?: string | 0 | undefined;
  readonly initialRto?: string | 0 | undefined;
  readonly synRetries?: number | undefined;
  readonly synLinearTimeouts?: number | undefined;
  readonly synackRetries?: number | undefined;
  readonly dataRetries?: number | undefined;
  readonly timeWait?: string | 0 | undefined;
}

interface When {
  readonly at?: string | 0 | undefined;
  readonly on?: 'established' | 'readable' | 'peer-closed' | 'closed' | undefined;
  readonly after?: string | 0 | undefined;
}

export type ActionFile = When &
  (
    | ({ readonly do: 'listen' } & ListenFile)
    | { readonly do: 'connect'; readonly to: string; readonly bytes: number }
    | { readonly do: 'send'; readonly bytes: number }
    | { readonly do: 'read' | 'accept' | 'close' | 'abort' | 'crash' }
  );

export interface LinkFile {
  readonly delay: string | 0;
  readonly jitter: string | 0;
  readonly loss: number;
  readonly rate?: string | undefined;
  readonly queue: number;
}

export interface MatchFile {
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly port?: number | undefined;
  readonly flags?: string | undefined;
  readonly data?: boolean | undefined;
  readonly nth?: number | readonly number[] | undefined;
}

export interface PathFile {
  readonly lose?: (MatchFile & { readonly where: number }) | undefined;
  readonly filter?: MatchFile | undefined;
  readonly delay?: (MatchFile & { readonly by: string | 0 }) | undefined;
  readonly duplicate?: (MatchFile & { readonly by: string | 0 }) | undefined;
}

export interface InjectFile {
  readonly at: string | 0;
  readonly from: string;
  readonly to: string;
  readonly sport?: number | undefined;
  readonly dport?: number | undefined;
  readonly flags: string;
  readonly seq: string | number;
  readonly ack?: string | number | undefined;
  readonly wnd: number;
  readonly bytes: number;
}

export interface ExpectFile {
  readonly states?: Readonly<Record<string, string>> | undefined;
  readonly passes?: Readonly<Record<string, readonly string[]>> | undefined;
  readonly closed?: Readonly<Record<string, string>> | undefined;
  readonly read?: Readonly<Record<string, number>> | undefined;
  readonly resets?: readonly string[] | undefined;
  readonly dialogue?: readonly string[] | undefined;
}

export interface StoryFile {
  readonly when: string;
  readonly say: string;
}
