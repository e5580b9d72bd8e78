/** `halfopen lab`: serves the lab to a browser on this machine. */
import { spawn } from 'node:child_process';
import type { Command } from 'commander';
import { startLab } from '../../node/lab-server.ts';
import { wholeNumber } from '../arguments.ts';
import { print } from '../terminal.ts';

/** After RFC 9293. */
const DEFAULT_PORT = 9293;

export function registerLab(program: Command): void {
  program
    .command('lab')
    .description('Serve the lab on http://127.0.0.1 until Ctrl+C')
    .option('-p, --port <n>', `port, 0 = any free one (default: ${DEFAULT_PORT})`, wholeNumber('--port', 0, 65535))
    .option('--open', 'also open it in the browser')
    .action(async (options: { port?: number; open?: boolean }) => {
      const lab = await startLab({ port: options.port ?? DEFAULT_PORT, orAnyPort: options.port === undefined });
      await print(`The lab is at ${lab.url}\nCtrl+C ends it.`);
      if (options.open) openBrowser(lab.url);
      const stop = (): void => {
        void lab.close().then(() => process.exit(0));
      };
      process.once('SIGINT', stop);
      process.once('SIGTERM', stop);
    });
}

/** Best effort: the address is printed in any case. */
function openBrowser(url: string): void {
  const [command, ...args] =
    process.platform === 'darwin' ? ['open'] : process.platform === 'win32' ? ['cmd', '/c', 'start', ''] : ['xdg-open'];
  const child = spawn(command!, [...args, url], { stdio: 'ignore', detached: true });
  child.on('error', () => {});
  child.unref();
}
