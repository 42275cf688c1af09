/** Texts of realms, made by `scripts/realm-plugin.ts`. */
declare module 'virtual:realm/*' {
  export const text: string;
}
