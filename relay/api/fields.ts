/** Shapes of what clients send. */
import * as v from 'valibot';
import { PURPOSES } from '../../web/engine/models/model.ts';
import { MOST_SEARCHES } from '../../web/engine/models/search.ts';

const MOST_TEXT = 4_000_000;

export const Name = v.pipe(
  v.string('must be text'),
  v.trim(),
  v.nonEmpty('must not be empty'),
  v.maxLength(80, 'must be at most 80 characters'),
  v.regex(/^[^\p{Cc}]*$/u, 'must not hold control characters'),
);
export const Model = v.pipe(v.string('must be text'), v.regex(/^[\w.:/@-]{1,128}$/, 'must be a model’s name'));
export const Models = v.nullable(
  v.pipe(v.array(Model, 'must be a list of models, or null for all'), v.maxLength(200, 'must have at most 200 models')),
);
const Id = v.pipe(v.string('must be text'), v.regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits or . : _ -'));
const cap = (whole: boolean) =>
  v.nullable(
    v.pipe(
      v.number('must be a number or null'),
      v.minValue(0, 'must not be negative'),
      v.maxValue(whole ? 1e15 : 1e6, 'is too large'),
      whole ? v.integer('must be a whole number') : v.finite('must be finite'),
    ),
  );
export const Caps = v.strictObject({
  dollars: v.optional(cap(false), null),
  tokens: v.optional(cap(true), null),
  calls: v.optional(cap(true), null),
});

const Key = v.pipe(
  v.string('must be text'),
  v.regex(/^[\x21-\x7e]{0,200}$/, 'must be at most 200 visible ASCII characters'),
);

export const Completion = v.strictObject({
  run: v.optional(v.nullable(v.strictObject({ id: Id, caps: Caps })), null),
  request: v.strictObject({
    model: Model,
    purpose: v.picklist(PURPOSES, `must be one of ${PURPOSES.join(', ')}`),
    messages: v.pipe(
      v.array(
        v.strictObject({
          role: v.picklist(['system', 'user', 'assistant'], 'must be system, user or assistant'),
          content: v.pipe(v.string('must be text'), v.maxLength(MOST_TEXT, 'is too long')),
        }),
      ),
      v.minLength(1, 'must have a message'),
      v.maxLength(200, 'must have at most 200 messages'),
    ),
    tokens: v.pipe(
      v.number('must be a number'),
      v.integer('must be a whole number'),
      v.minValue(1, 'must be at least 1'),
      v.maxValue(1_000_000, 'must be at most 1,000,000'),
    ),
    temperature: v.nullable(
      v.pipe(v.number('must be a number or null'), v.minValue(0, 'must be 0 to 2'), v.maxValue(2, 'must be 0 to 2')),
    ),
    effort: v.picklist(['none', 'low', 'medium', 'high'], 'must be none, low, medium or high'),
    /** Searches of the web it may make. */
    search: v.exactOptional(
      v.pipe(
        v.number('must be a number'),
        v.integer('must be a whole number'),
        v.minValue(1, 'must be at least 1'),
        v.maxValue(MOST_SEARCHES, `must be at most ${MOST_SEARCHES}`),
      ),
    ),
    seed: v.pipe(v.number('must be a number'), v.safeInteger('must be a whole number')),
    key: Key,
  }),
});

export const Embedding = v.strictObject({
  run: v.optional(v.nullable(v.strictObject({ id: Id, caps: Caps })), null),
  model: Model,
  texts: v.pipe(
    v.array(v.pipe(v.string('must be text'), v.maxLength(100_000, 'is too long'))),
    v.minLength(1, 'must have a text'),
    v.maxLength(256, 'must have at most 256 texts'),
  ),
  /** As that of a completion; empty: each time anew. */
  key: v.optional(Key, ''),
});

export const Join = v.strictObject({
  code: v.pipe(v.string('must be text'), v.maxLength(40, 'is too long')),
  name: Name,
});

export const NewCode = v.strictObject({
  label: Name,
  /** Hours from now. */
  hours: v.pipe(
    v.number('must be a number of hours'),
    v.minValue(0.01, 'must be at least 0.01'),
    v.maxValue(24 * 366, 'must be at most a year'),
  ),
  seats: v.pipe(
    v.number('must be a number'),
    v.integer('must be a whole number'),
    v.minValue(1, 'must be at least 1'),
    v.maxValue(10_000, 'must be at most 10,000'),
  ),
  models: v.optional(Models, null),
  each: v.optional(Caps, { dollars: null, tokens: null, calls: null }),
  together: Caps,
});

export const AccountId = v.pipe(v.string(), v.regex(/^(relay|(client|code):[\w-]{1,64})$/));
