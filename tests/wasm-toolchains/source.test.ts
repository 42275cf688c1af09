import { expect, it } from 'vitest';
import { faultOf } from '../../wasm-toolchains/source.ts';

it('a program’s files can lie in one folder together', () => {
  const fault = (files: Readonly<Record<string, string>>) =>
    faultOf({ language: 'rust', files, entry: 'a.rs', options: { optimise: 'speed' } });
  expect(fault({ 'a.rs': '', 'b/c.rs': '', 'b/d/e.rs': '' })).toBeNull();
  expect(fault({ 'a.rs': '', 'a.rs/b.rs': '' })).toBe('a.rs is a file and a folder');
  expect(fault({ 'a.rs': '', 'b/c': '', 'b/c/d/e.rs': '' })).toBe('b/c is a file and a folder');
  expect(fault({ 'b.rs': '' })).toBe('a.rs is the entry, but there is no such file');
});
