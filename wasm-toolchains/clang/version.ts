/** Of `@yowasp/clang`, as package.json pins it. */
export const VERSION = '22.0.0-git20542-10';
