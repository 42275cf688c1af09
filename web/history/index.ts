export { openHistory, type OpenHistoryOptions } from './open.ts';
export { EMPTY_SUMMARY, newRunId } from './history.ts';
export type {
  History,
  HistoryFailure,
  HistoryFailureCode,
  HistoryResult,
  RunMeta,
  RunOrigin,
  RunRecord,
  RunSummary,
} from './history.ts';
