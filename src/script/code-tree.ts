/** What a code snippet says, as plain data: statements of expressions. Made by code-parse.ts, run by evaluate.ts. */

/** A result; strings come from literals, formatting and `str`. */
export type CodeValue = number | string | boolean | readonly CodeValue[];

export type Statement =
  | {
      readonly kind: 'assert';
      readonly at: number;
      readonly test: CodeExpr;
      readonly message: CodeExpr | undefined;
    }
  /** `operator` is '' for a plain assignment, '+' for `+=`. */
  | {
      readonly kind: 'assign';
      readonly at: number;
      readonly name: string;
      readonly operator: string;
      readonly value: CodeExpr;
    }
  | { readonly kind: 'expression'; readonly at: number; readonly value: CodeExpr }
  | { readonly kind: 'pass'; readonly at: number };

/** `at` is an offset in the snippet; for an operator where it stands itself. */
export type CodeExpr = { readonly at: number } & (
  | { readonly kind: 'literal'; readonly value: CodeValue }
  | { readonly kind: 'name'; readonly name: string }
  | { readonly kind: 'unary'; readonly operator: string; readonly operand: CodeExpr }
  | { readonly kind: 'binary'; readonly operator: string; readonly left: CodeExpr; readonly right: CodeExpr }
  /** `a < b <= c`: each operand once, all comparisons true. */
  | {
      readonly kind: 'compare';
      readonly first: CodeExpr;
      readonly rest: readonly { readonly operator: string; readonly right: CodeExpr }[];
    }
  | { readonly kind: 'logical'; readonly operator: 'and' | 'or'; readonly left: CodeExpr; readonly right: CodeExpr }
  | { readonly kind: 'call'; readonly name: string; readonly args: readonly CodeExpr[] }
  | { readonly kind: 'tuple'; readonly items: readonly CodeExpr[] }
);
