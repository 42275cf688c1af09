/** Texts of realms, made by `scripts/realm-plugin.ts`. */
declare module 'virtual:realm/*' {
  const text: string;
  export default text;
}
