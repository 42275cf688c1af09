/** What a reply is made of, and how the model is told: one tag an output. */

export interface OutputField {
  /** Upper-case tag around it. */
  readonly tag: string;
  /** Inside the tag, as an example; may have several lines. */
  readonly shape: string;
  /** What belongs there, one sentence or more. */
  readonly what: string;
}

export function renderOutputs(fields: readonly OutputField[]): string {
  const example = fields.map(({ tag, shape }) =>
    shape.includes('\n') ? `<${tag}>\n${shape}\n</${tag}>` : `<${tag}>${shape}</${tag}>`,
  );
  const words = fields.map(({ tag, what }) => `- ${tag}: ${what}`);
  return [
    `Answer with ${fields.length === 1 ? 'this part' : 'these parts, in this order'}, each between its tags, and with nothing outside them:`,
    example.join('\n'),
    words.join('\n'),
  ].join('\n\n');
}
