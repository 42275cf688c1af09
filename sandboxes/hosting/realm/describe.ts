/** Makes a function that puts whatever was thrown into one clipped line, however the thrown thing fights back. */
export function describeError(): (thrown: unknown) => string {
  'use strict';
  const slice: (text: string, start: number, end: number) => string = Function.prototype.call.bind(
    String.prototype.slice,
  ) as never;
  const text = String;

  function property(thrown: object, name: string): string {
    try {
      const value: unknown = (thrown as Record<string, unknown>)[name];
      return typeof value === 'string' ? slice(value, 0, 400) : '';
    } catch {
      return '';
    }
  }

  return (thrown) => {
    if (typeof thrown === 'string') return `threw "${slice(thrown, 0, 400)}"`;
    if ((typeof thrown !== 'object' && typeof thrown !== 'function') || thrown === null) {
      return `threw ${typeof thrown === 'symbol' ? 'a symbol' : slice(text(thrown), 0, 40)}`;
    }
    const name = property(thrown, 'name');
    const message = property(thrown, 'message');
    if (name === '' && message === '') return 'threw an object without a message';
    return message === '' ? name : name === '' ? message : `${name}: ${message}`;
  };
}
