/** One module: `(exports, module, require, $p, $fuel)`. */
export type Factory = (
  exports: object,
  module: { exports: object },
  require: (path: string) => unknown,
  parameters: readonly number[],
  fuel: Fuel,
) => void;

export interface Fuel {
  n: number;
  readonly out: () => never;
}
