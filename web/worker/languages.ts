/** Which languages an experiment's files are written in, by their endings. */
export { languagesOf } from '../engine/syntax/language.ts';
