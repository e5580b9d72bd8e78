/** The side of the tests that runs in the network namespace: answers what `namespace.ts` asks. */
import { once } from 'node:events';
import { tasks } from './tasks.ts';

interface Question {
  readonly id: number;
  readonly task: keyof typeof tasks;
  readonly asked: never;
}

process.on('message', ({ id, task, asked }: Question) => {
  tasks[task](asked).then(
    (value) => process.send?.({ id, value }),
    (error: Error) => process.send?.({ id, error: error.message }),
  );
});
// Until the tests are gone: a module runner that has finished loads nothing more.
await once(process, 'disconnect');
process.exit(0);
