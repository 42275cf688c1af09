import { describe, expect, it } from 'vitest';
import type { Choice } from '../../../web/engine/choice.ts';
import type { Added, Issued } from '../../../web/engine/events.ts';
import { emptyIsland, emptyState } from '../../../web/engine/state.ts';
import { stagesOf, stageWords } from '../../../web/state/stages.ts';
import type { Story } from '../../../web/state/stories.ts';
import { armWords, fatesOf, givenWords, pageLink, percent, reasonsOf, staleWords } from '../../../web/state/why.ts';
import { program } from './goals.ts';

function choice(rest: Partial<Choice> & Pick<Choice, 'choice' | 'chosen' | 'top'>): Choice {
  return { policy: 'tournament(4)', context: '', among: rest.top.length, propensity: 0.31, ...rest };
}

function story(choices: readonly Choice[], added: Partial<Added> | null = null, left: Story['left'] = null): Story {
  return {
    issued: { choices, kinds: [], operator: 'mutate', parent: 12 } as unknown as Issued,
    result: null,
    added: added && { ...ADDED, ...added },
    left,
    pages: [],
  };
}

const ADDED: Added = {
  type: 'added',
  job: 5,
  island: 0,
  status: 'new',
  reason: 'there was room',
  evicted: [],
  cell: null,
  threshold: null,
  best: false,
  stale: 0,
  reward: 0,
  credits: [],
};

describe('why a program was made', () => {
  it('names what was chosen, by which rule, how likely it was, and what was likeliest else', () => {
    const top = [
      [12, 0.31],
      [7, 0.24],
      [3, 0.2],
      [1, 0.1],
      [2, 0.01],
    ] as const;
    const [parent, operator] = reasonsOf(
      story([
        choice({ choice: 'parent', chosen: 12, top, among: 9 }),
        choice({ choice: 'operator', chosen: 'diff·small', policy: 'ucb(1, 0.2, 0.3)', top: [['diff·small', 1]] }),
        choice({ choice: 'recommendation', chosen: null, top: [] }),
      ]),
    );
    expect(parent).toEqual({
      what: 'Parent',
      chosen: { text: '#12', program: 12, share: 0.31 },
      rule: 'tournament(4)',
      among: 9,
      others: [
        { text: '#7', program: 7, share: 0.24 },
        { text: '#3', program: 3, share: 0.2 },
        { text: '#1', program: 1, share: 0.1 },
      ],
    });
    expect(operator).toMatchObject({
      what: 'Operator',
      chosen: { text: 'diff with small', program: null },
      others: [],
    });
    expect(reasonsOf(story([choice({ choice: 'island', chosen: 0, top: [[1, 0.7]] })]))[0]).toMatchObject({
      chosen: { text: '1' },
      others: [{ text: '2', share: 0.7 }],
    });
  });

  it('words arms, shares and what nobody drew', () => {
    expect(armWords('tune')).toBe('tune');
    expect(armWords('diff·a%B7b·p3')).toBe('diff with a·b, prompt p3');
    expect([1, 0.31, 0.0995, 0.024, 0.0001, 0].map(percent)).toEqual(
      ['100', '31', '10', '2.4', '< 0.1', '0'].map((text) => `${text}\u202f%`),
    );
    expect(givenWords(program(0, 1, { operator: 'seed' }))).toContain('began');
    expect(givenWords(program(4, 1, { operator: 'inject' }))).toContain('person');
    expect(givenWords(program(4, 1))).toBeNull();
    expect(staleWords(story([], { stale: 2 }))).toBe('2 new bests came between its issue and its result.');
    expect(staleWords(story([], {}))).toBe('');
  });
});

describe('what became of a program', () => {
  const state = emptyState();
  state.islands.push(emptyIsland(0, 0, null), emptyIsland(0, 0, null));
  state.islands[0]?.archive.push(9, 5);
  const words = (of: Story | null, id = 5): string[] =>
    fatesOf(program(id, 1), of, state).map((fate) => `${fate.kept ? '+' : '-'} ${fate.words}`);

  it('tells its admission, whose place it took, and where it stands', () => {
    expect(words(story([], { evicted: [3], cell: '2,4', best: true }))).toEqual([
      '+ Kept, as the best of the run: there was room.',
      '+ It took the place of #3.',
      '+ Its cell of the archive is 2,4.',
      '+ Now 2nd of 2 on island 1.',
    ]);
  });

  it('tells who pushed it out, and that it was never kept', () => {
    expect(words(story([], { job: 6 }, { island: 1, by: 8 }), 6)).toEqual([
      '+ Kept: there was room.',
      '- It lost its place on island 2 to make room for #8.',
    ]);
    expect(words(story([], { status: 'rejected', reason: 'worse than all' }), 6)).toEqual([
      '- Not kept: worse than all.',
    ]);
    state.banned.add(7);
    expect(words(story([], {}), 7)).toEqual(['+ Kept: there was room.', '- It was banned.']);
    expect(words(null, 6)).toEqual([]);
  });
});

describe('stages', () => {
  const report = (stage: 'propose' | 'check' | 'evaluate' | 'add', milliseconds = 1) => ({
    job: 5,
    stage,
    milliseconds,
  });

  it('are marked as gone through, here, ahead and left out', () => {
    const stepped = {
      job: 5,
      operator: 'mutate',
      parent: 2,
      reports: [report('propose', 0.34), report('check', 12), report('check', 14), report('evaluate')],
    };
    expect(stagesOf(stepped)).toEqual([
      { name: 'Propose', state: 'past', took: '0.3 ms' },
      { name: 'Check', state: 'past', took: '26 ms' },
      { name: 'Compare', state: 'out', took: '' },
      { name: 'Evaluate', state: 'here', took: '1.0 ms' },
      { name: 'Add', state: 'ahead', took: '' },
    ]);
    expect(stageWords(stepped, null, null)).toBe('Job 5, mutate on #2: it has been scored.');
    expect(stagesOf(null).every(({ state }) => state === 'ahead')).toBe(true);
  });

  it('end in what became of the program', () => {
    const stepped = { job: 5, operator: 'mutate', parent: 2, reports: [report('add')] };
    expect(stageWords(stepped, program(5, 1), story([], {}))).toBe('Job 5, mutate on #2: kept, there was room.');
    const broken = program(5, null, { status: 'crashed', reason: 'x is not defined' });
    expect(stageWords(stepped, broken, story([], { status: 'rejected' }))).toBe(
      'Job 5, mutate on #2: crashed. x is not defined',
    );
  });
});

describe('pages of the web', () => {
  it('are linked to by their own words, with where they are', () => {
    expect(pageLink({ url: 'https://example.org/a?b=1', title: 'A <b>page</b>' })).toEqual({
      ...{ href: 'https://example.org/a?b=1', text: 'A <b>page</b>', host: 'example.org' },
    });
    expect(pageLink({ url: 'http://example.org/', title: '' })?.text).toBe('http://example.org/');
  });

  it.each(['javascript:alert(1)', 'data:text/html,x', ' https://example.org', 'https://', 'file:///etc/passwd', ''])(
    'are none at %j',
    (url) => {
      expect(pageLink({ url, title: 'a' })).toBeNull();
    },
  );
});
