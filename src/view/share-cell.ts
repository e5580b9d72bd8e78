/** A share in a table of who was served: nearly all and less than half stand out. */
import { shareText } from './flood-number.ts';
import { cell, type TextCell } from './text-table.ts';

export function shareCell(share: number): TextCell {
  return cell(shareText(share), share >= 0.99 ? 'established' : share < 0.5 ? 'dropped' : 'plain');
}
