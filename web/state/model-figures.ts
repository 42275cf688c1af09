/** Figures that people type in the dialog of models. */

export function budgetWords(dollars: number): string {
  return Math.abs(dollars * 100 - Math.round(dollars * 100)) < 1e-9 ? dollars.toFixed(2) : String(dollars);
}

/** null where it is none or below 0. */
export function amount(text: string): number | null {
  const value = Number(text.trim().replace(/^\$/, '').replace(',', '.'));
  return text.trim() === '' || !Number.isFinite(value) || value < 0 ? null : value;
}
