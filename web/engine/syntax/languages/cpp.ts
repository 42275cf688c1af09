import type { LanguageTable } from '../table.ts';
import { c } from './c.ts';
import { set } from './sets.ts';

const MORE = [
  ...['range_statement', 'try_statement', 'throw_statement', 'class_specifier', 'namespace_definition'],
  ...['template_declaration', 'using_declaration', 'alias_declaration', 'static_assert_declaration'],
  ...['linkage_specification', 'namespace_alias_definition'],
];

export const cpp: LanguageTable = {
  ...c,
  id: 'cpp',
  extensions: ['.cpp', '.cc', '.cxx', '.hpp', '.hh', '.hxx', '.h'],
  partners: ['c'],
  rename: {
    ...c.rename,
    for_range_loop: 'range_statement',
    condition_clause: 'parenthesized_expression',
    qualified_identifier: 'qualified_name',
    declaration_list: 'statement_block',
  },
  dissolve: set('subscript_argument_list'),
  atoms: set(...c.atoms, 'qualified_name', 'raw_string_literal', 'template_function', 'template_type'),
  kinds: {
    ...c.kinds,
    string: set(...c.kinds.string, 'raw_string_literal'),
    type: set(
      ...['primitive_type', 'type_identifier', 'sized_type_specifier', 'type_descriptor', 'placeholder_type_specifier'],
      ...['template_argument_list', 'template_parameter_list', 'template_type', 'enum_specifier', 'union_specifier'],
      ...['auto', 'decltype', 'dependent_type'],
    ),
    statement: set(...c.kinds.statement, ...MORE),
    declaration: set(...c.kinds.declaration, ...MORE.slice(3)),
    loop: set(...c.kinds.loop, 'range_statement'),
    branch: set(...c.kinds.branch, 'catch_clause'),
    function: set('function_definition', 'lambda_expression'),
    import: set('preproc_include', 'using_declaration', 'namespace_alias_definition'),
    scope: set(...c.kinds.scope, 'range_statement', 'catch_clause', 'field_declaration_list'),
  },
  comparisons: set(...c.comparisons, '<=>'),
  precedence: { ...c.precedence, '<=>': 9.5, and: 4, or: 3 },
  globals: set(...c.globals, 'nullptr', 'this', 'std'),
  vocabulary: {
    functions: { 'std::sqrt': 1, 'std::fabs': 1, 'std::fmax': 2, 'std::fmin': 2 },
    comparisons: ['<', '>', '<=', '>='],
  },
  offers: (name, { text }) =>
    name.startsWith('std::')
      ? /#\s*include\s*<(cmath|algorithm)>/.test(text)
      : /#\s*include\s*<(math\.h|cmath)>/.test(text),
};
