/** Names that come from strangers, such as those of files, for a terminal. */

/** Control characters become `?`: no line of theirs is ours, and none of it moves the cursor or changes colours. */
export function printable(text: string): string {
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  return text.replaceAll(/[\0-\x1f\x7f-\x9f]/g, '?');
}
