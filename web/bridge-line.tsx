/** The command that would show this moment on a real host, to be copied. */
import type { JSX } from 'preact';
import type { Bridge } from '../src/view/bridge.ts';
import { copyText } from './copy.ts';
import { Icon } from './icons.tsx';
import { useLab } from './use-lab.ts';

export function BridgeLine({ command, shows }: Bridge): JSX.Element {
  const lab = useLab();
  const copy = async (): Promise<void> => {
    lab.notify(
      (await copyText(command)) ? 'Command copied.' : `Copying is not allowed here. The command is: ${command}`,
    );
  };
  return (
    <div class="bridge">
      <span>On a real host: {shows}</span>
      <div>
        <code>{command}</code>
        <button type="button" class="btn sq ghost" aria-label={`Copy the command ${command}`} onClick={copy}>
          <Icon name="copy" />
        </button>
      </div>
    </div>
  );
}
