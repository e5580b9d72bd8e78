/** Where an RFC says one thing and Linux 6.18 does another: which of the two each profile follows, and what shows it. */
export interface Difference {
  readonly rule: string;
  readonly rfc: string;
  readonly linux: string;
  readonly profiles: { readonly rfc9293: Choice; readonly linux6: Choice };
  /** Test or script, relative to the root. */
  readonly shownBy: readonly string[];
}

type Choice = 'RFC' | 'Linux';

export const RFC_VS_LINUX: readonly Difference[] = [];
