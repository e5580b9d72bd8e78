/** Shell commands of a script, as far as they mean something to the host under test. */
import type { HostSettings } from '../socket/settings.ts';
import { withSysctl } from '../socket/sysctl.ts';
import { fastOpenKeysOf } from '../tcp/fast-open-cookie.ts';
import { US } from '../tcp/types.ts';
import type { Command } from './ast.ts';
import type { Bench } from './bench.ts';
import { parseSettings, type Setting } from './init-commands.ts';

/**
 * Does what `command` would do to the host. `initial`: its settings before the script. Returns the names of the settings
 * and commands that mean nothing to the engine.
 *
 * @throws ScriptError for a command or setting that is not known.
 */
export function applyCommand(command: Command, file: string, bench: Bench, initial: HostSettings): string[] {
  return parseSettings(command, file).flatMap((setting) => apply(setting, bench, initial) ?? []);
}

/** The name of a `setting` that means nothing here. */
function apply(setting: Setting, bench: Bench, initial: HostSettings): string | undefined {
  const { host } = bench;
  switch (setting.kind) {
    case 'sysctl': {
      const { value } = setting;
      if (value.kind === 'keys') {
        const keys = value.keys.flatMap((key) => fastOpenKeysOf(key) ?? []);
        host.settings = { ...host.settings, fastOpen: { ...host.settings.fastOpen, keys } };
        return;
      }
      const values = value.kind === 'int' ? [value.value] : value.kind === 'ints' ? value.values : [];
      const changed = withSysctl(host.settings, setting.name, values);
      host.settings = changed ?? host.settings;
      return changed === undefined ? setting.name : undefined;
    }
    case 'restore':
      host.settings = initial;
      return;
    case 'sleep':
      bench.advance(bench.now + setting.micros * US);
      return;
    case 'queue':
      bench.queueLimit = setting.packets ?? Infinity;
      return;
    case 'route': {
      const { attributes } = setting;
      const mtu = attributes.get('mtu');
      const advmss = attributes.get('advmss');
      const initcwnd = attributes.get('initcwnd');
      const mss = advmss ?? (mtu === undefined ? undefined : mtu - 40);
      host.settings = {
        ...host.settings,
        tcp: {
          ...host.settings.tcp,
          ...(mss !== undefined && { mss: Math.min(host.settings.tcp.mss, mss) }),
          ...(initcwnd !== undefined && { initialWindow: initcwnd }),
        },
      };
      return;
    }
    case 'flush-metrics':
      host.stack.fastOpen.cache.clear();
      return;
    case 'ignored':
      return setting.command;
    default:
      throw new Error(`no such setting: ${JSON.stringify(setting satisfies never)}`);
  }
}
