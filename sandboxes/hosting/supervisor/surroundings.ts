/** What the supervisor needs of the place where it runs. Types only. */
import type { RealmCommand, RealmReport, Report, Role } from '../protocol.ts';

export interface Surroundings {
  spawn(
    role: Role,
    megabytes: number,
    /** Text of the realm; null: the one there is for scripts. */
    text: string | null,
    on: { report(report: RealmReport): void; end(reason: string, memory: boolean): void },
  ): Handle;
  channel(): readonly [MessagePort, MessagePort];
  setTimer(run: () => void, milliseconds: number): unknown;
  clearTimer(timer: unknown): void;
  now(): number;
  send(report: Report): void;
}

export interface Handle {
  post(command: RealmCommand, transfer?: Transferable[]): void;
  terminate(): void;
}
