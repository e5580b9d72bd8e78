/** Marks of the drawing that screen readers pass over: the live region and the text view say them in sentences. */
import { type ComponentChildren, h, type JSX } from 'preact';

interface Props {
  readonly class?: string;
  readonly transform?: string;
  readonly children: ComponentChildren;
}

export function Unspoken(props: Props): JSX.Element {
  return h('g', { ...props, 'aria-hidden': 'true' });
}
