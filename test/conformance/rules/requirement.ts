/** One requirement of an RFC, in our words. */
export interface Requirement {
  /** `MUST-10` as RFC 9293 numbers them; `R1` … for RFCs without numbers of their own. */
  readonly label: string;
  /** Without `§`. */
  readonly section: string;
  readonly text: string;
  readonly group: string;
}
