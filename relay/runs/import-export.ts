/** `npm run evolve -- import` and `-- export`: 0 done, 1 it failed, 2 it was asked for wrongly. */
import { resolve } from 'node:path';
import { toLog } from '../../web/share/log.ts';
import { exportRun } from './export-run.ts';
import { FOREIGN_USAGE, parseForeign } from './foreign-options.ts';
import { importRun } from './import-run.ts';
import { createLogFile, readLogFile } from './log-file.ts';

export async function importOrExport(
  args: readonly string[],
  base: string,
  say: (line: string) => void,
): Promise<number> {
  const command = parseForeign(args);
  switch (command.type) {
    case 'help':
      say(FOREIGN_USAGE);
      return 0;
    case 'failed':
      for (const problem of command.problems) say(problem);
      say(`\`npm run evolve -- ${args[0]} --help\` says how`);
      return 2;
    case 'import': {
      const read = await importRun(resolve(base, command.path));
      if (read.type === 'failed') {
        for (const problem of read.problems) say(problem);
        return 1;
      }
      const { run } = read;
      const own = run.programs.filter(({ copyOf }) => copyOf === null);
      const correct = own.filter(({ status }) => status === 'correct').length;
      say(
        `${run.experiment.name}: ${run.source}, ${run.experiment.language}, ${own.length} programs, ${correct} of them correct`,
      );
      for (const problem of run.problems) say(`- ${problem}`);
      if (command.out === null) return 0;
      const events = toLog(run);
      const opened = createLogFile(resolve(base, command.out));
      if (opened.type === 'failed') {
        say(opened.problem);
        return 1;
      }
      for (const event of events) opened.writer.write(event);
      opened.writer.close();
      if (opened.writer.problem !== null) {
        say(opened.writer.problem);
        return 1;
      }
      say(`${events.length} events in ${opened.writer.path}`);
      return 0;
    }
    case 'export': {
      const log = await readLogFile(resolve(base, command.path));
      if (log.type === 'failed') {
        say(log.problem);
        return 1;
      }
      const done = await exportRun(log.events, command.as, resolve(base, command.out));
      if (done.type === 'failed') {
        say(done.problem);
        return 1;
      }
      for (const problem of done.problems) say(`- ${problem}`);
      say(`written to ${resolve(base, command.out)}`);
      return 0;
    }
    default:
      return command satisfies never;
  }
}
