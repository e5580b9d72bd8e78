/** `halfopen list`: the shipped scenarios. */
import type { Command } from 'commander';
import { readScenarioText, shippedIds } from '../../node/scenario-files.ts';
import { isFlood, parseAnyScenario } from '../../scenario/parse.ts';
import { painter, print, wantsColour } from '../terminal.ts';

export function registerList(program: Command): void {
  program
    .command('list')
    .description('List the shipped scenarios')
    .option('--ids', 'only their names, one per line, for scripts')
    .action(async (options: { ids?: boolean }) => {
      const ids = await shippedIds();
      await print(options.ids ? ids.join('\n') : await table(ids));
    });
}

async function table(ids: readonly string[]): Promise<string> {
  const paint = painter(wantsColour(process.stdout, process.env));
  const width = Math.max(0, ...ids.map((id) => id.length));
  const lines: string[] = [];
  const floods: { readonly order: number; readonly line: string }[] = [];
  for (const id of ids) {
    const { text, path } = await readScenarioText(id);
    const scenario = parseAnyScenario(text, path);
    const line = `${paint('strong', id.padEnd(width))}  ${scenario.title}`;
    if (isFlood(scenario)) floods.push({ order: scenario.order, line });
    else lines.push(line);
  }
  floods.sort((a, b) => a.order - b.order);
  if (floods.length > 0) lines.push('', 'Floods', ...floods.map(({ line }) => line));
  return `${lines.join('\n')}\n\nRun one: halfopen run ${FIRST}`;
}

/** Where a stranger begins. */
const FIRST = 'three-way-handshake';
