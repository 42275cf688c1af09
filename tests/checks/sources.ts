/** Reads the project's sources as the checks need them: which files there are, what they import, what names they use. */
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

export const root = fileURLToPath(new URL('../../', import.meta.url));

/** TypeScript and Svelte sources below a folder, as paths relative to the root with forward slashes. */
export function sourcesBelow(folder: string): string[] {
  const full = join(root, folder);
  if (!existsSync(full)) return [];
  return readdirSync(full, { recursive: true, encoding: 'utf8' })
    .map((name) => `${folder}/${name.replaceAll('\\', '/')}`)
    .filter((name) => /\.(ts|svelte)$/.test(name) && !name.endsWith('.d.ts') && !name.includes('/node_modules/'))
    .sort();
}

export function readSource(path: string): string {
  return readFileSync(join(root, path), 'utf8');
}

export interface Import {
  /** As written, without a query. */
  readonly specifier: string;
  /** Path relative to the root for a relative import, else null. */
  readonly path: string | null;
  readonly typeOnly: boolean;
  readonly line: number;
}

/** Static and dynamic imports, re-exports, import types, and `new URL('./x', import.meta.url)`. */
export function importsOf(path: string, text: string): Import[] {
  const found: Import[] = [];
  for (const source of parse(path, text)) {
    const add = (node: ts.Node, specifier: ts.Node | undefined, typeOnly: boolean, prefix = '') => {
      if (specifier === undefined || !ts.isStringLiteralLike(specifier)) return;
      const name = prefix + specifier.text.replace(/\?.*$/, '');
      const relative = name.startsWith('.') ? normalize(join(dirname(path), name)).replaceAll('\\', '/') : null;
      const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
      found.push({ specifier: name, path: relative, typeOnly, line });
    };
    const visit = (node: ts.Node): void => {
      if (ts.isImportDeclaration(node)) add(node, node.moduleSpecifier, onlyTypes(node.importClause));
      else if (ts.isExportDeclaration(node)) add(node, node.moduleSpecifier, node.isTypeOnly);
      else if (ts.isImportTypeNode(node) && ts.isLiteralTypeNode(node.argument)) add(node, node.argument.literal, true);
      else if (ts.isCallExpression(node) && node.expression.kind === ts.SyntaxKind.ImportKeyword) {
        add(node, node.arguments[0], false);
      } else if (ts.isNewExpression(node) && node.expression.getText(source) === 'URL') {
        const [address, base] = node.arguments ?? [];
        // Without a dot it is relative all the same; a package's name can't stand here.
        if (base?.getText(source) === 'import.meta.url') add(node, address, false, './');
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return found;
}

function onlyTypes(clause: ts.ImportClause | undefined): boolean {
  if (clause === undefined) return false;
  if (clause.phaseModifier === ts.SyntaxKind.TypeKeyword) return true;
  const named = clause.namedBindings;
  if (clause.name !== undefined || named === undefined || !ts.isNamedImports(named)) return false;
  return named.elements.length > 0 && named.elements.every((element) => element.isTypeOnly);
}

export interface Use {
  /** `Math.random`, `fetch`, … */
  readonly name: string;
  readonly line: number;
}

/**
 * Names that a file uses without declaring them, and `Object.property` pairs of such names. Types don't count, nor do names
 * that are declared anywhere in the file.
 */
export function globalsOf(path: string, text: string): Use[] {
  const uses: Use[] = [];
  for (const source of parse(path, text)) {
    const declared = new Set<string>();
    const collect = (node: ts.Node): void => {
      if (isDeclaration(node) && node.name !== undefined && ts.isIdentifier(node.name)) declared.add(node.name.text);
      ts.forEachChild(node, collect);
    };
    collect(source);
    const visit = (node: ts.Node): void => {
      if (ts.isTypeNode(node) || ts.isTypeParameterDeclaration(node)) return;
      if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node)) return;
      if (ts.isIdentifier(node) && !declared.has(node.text) && isValue(node)) {
        const line = source.getLineAndCharacterOfPosition(node.getStart(source)).line + 1;
        const parent = node.parent;
        const member = ts.isPropertyAccessExpression(parent) && parent.expression === node ? parent.name.text : null;
        uses.push({ name: member === null ? node.text : `${node.text}.${member}`, line });
      }
      ts.forEachChild(node, visit);
    };
    visit(source);
  }
  return uses;
}

function isDeclaration(node: ts.Node): node is ts.NamedDeclaration {
  return (
    ts.isVariableDeclaration(node) ||
    ts.isParameter(node) ||
    ts.isBindingElement(node) ||
    ts.isFunctionLike(node) ||
    ts.isClassLike(node) ||
    ts.isImportSpecifier(node) ||
    ts.isImportClause(node) ||
    ts.isNamespaceImport(node)
  );
}

/** An identifier that stands for a value: not a property's name, not a label, not part of an import. */
function isValue(node: ts.Identifier): boolean {
  const { parent } = node;
  if (ts.isPropertyAccessExpression(parent)) return parent.expression === node;
  if (ts.isShorthandPropertyAssignment(parent)) return true;
  if (ts.isBindingElement(parent)) return parent.initializer === node;
  if (ts.isPropertyAssignment(parent)) return parent.initializer === node;
  if (ts.isImportSpecifier(parent) || ts.isExportSpecifier(parent) || ts.isLabeledStatement(parent)) return false;
  if (ts.isBreakOrContinueStatement(parent) || ts.isMetaProperty(parent)) return false;
  if (ts.isClassElement(parent) || ts.isMethodDeclaration(parent)) {
    return ts.isPropertyDeclaration(parent) && parent.initializer === node;
  }
  return true;
}

/** A Svelte file has one or two scripts, each parsed by itself at its own line. */
function parse(path: string, text: string): ts.SourceFile[] {
  const scripts = path.endsWith('.svelte') ? scriptsOf(text) : [text];
  return scripts.map((script) => ts.createSourceFile(path, script, ts.ScriptTarget.ESNext, true, ts.ScriptKind.TS));
}

function scriptsOf(text: string): string[] {
  const scripts: string[] = [];
  for (const match of text.matchAll(/<script\b[^>]*>([\s\S]*?)<\/script>/g)) {
    const start = match.index + match[0].indexOf('>') + 1;
    scripts.push('\n'.repeat(text.slice(0, start).split('\n').length - 1) + (match[1] ?? ''));
  }
  return scripts;
}
