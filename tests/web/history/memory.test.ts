import { expect, it } from 'vitest';
import { createMemoryHistory } from '../../../web/history/memory.ts';
import { historyContract } from './contract.ts';

historyContract('memory', { open: async (now) => createMemoryHistory('blocked', now) });

it('says why nothing is stored', () => {
  expect(createMemoryHistory('The disk is full.')).toMatchObject({ mode: 'memory', reason: 'The disk is full.' });
});
