/** A metric that a query names, with what it asks of its labels. */
export interface NamedMetric {
  readonly name: string;
  readonly matchers: readonly {
    readonly label: string;
    readonly sign: string;
    readonly value: string;
  }[];
}

const WORDS = new Set([
  ...['and', 'or', 'unless', 'bool', 'offset', 'on', 'ignoring', 'by', 'without'],
  ...['group_left', 'group_right', 'atan2', 'inf', 'nan'],
]);
const FUNCTIONS = new Set([
  ...['abs', 'avg', 'avg_over_time', 'changes', 'count', 'histogram_quantile', 'increase', 'max'],
  ...['max_over_time', 'min', 'rate', 'sum', 'time', 'topk', 'vector', 'label_values'],
]);

/** The metrics of a query of Prometheus. @throws Error for a word that is neither metric, function nor keyword */
export function metricsOf(query: string): NamedMetric[] {
  const labels = /\b(?:by|without|on|ignoring|group_left|group_right)\s*\([^)]*\)/g;
  const found: NamedMetric[] = [];
  const rest = query
    .replace(labels, ' ')
    .replace(/([a-zA-Z_:][\w:]*)\s*\{([^}]*)\}/g, (_, name: string, inside: string) => {
      found.push({ name, matchers: matchersOf(inside) });
      return ' ';
    })
    .replace(/\[[^\]]*\]/g, ' ')
    .replace(/\b\d[\d.e]*[smhdw]?\b/g, ' ');
  for (const match of rest.matchAll(/([a-zA-Z_:][\w:]*)(\s*\()?/g)) {
    const [, word = '', call] = match;
    if (call !== undefined && !WORDS.has(word)) {
      if (!FUNCTIONS.has(word)) throw new Error(`unknown function ${word}: ${query}`);
    } else if (!WORDS.has(word) && !FUNCTIONS.has(word)) found.push({ name: word, matchers: [] });
  }
  return found;
}

function matchersOf(inside: string): NamedMetric['matchers'][number][] {
  if (inside.trim() === '') return [];
  return inside.split(/,(?=\s*[a-zA-Z_]+\s*[=!])/).map((matcher) => {
    const match = /^\s*(\w+)\s*(=~|!~|!=|=)\s*"([^"]*)"\s*$/.exec(matcher);
    if (match === null) throw new Error(`no matcher: ${matcher}`);
    const [, label = '', sign = '', value = ''] = match;
    return { label, sign, value };
  });
}

/** The parentheses and braces of a query close. */
export function isBalanced(query: string): boolean {
  const open: string[] = [];
  const closing: Record<string, string> = { ')': '(', ']': '[', '}': '{' };
  for (const sign of query.replace(/"[^"]*"/g, '')) {
    if ('([{'.includes(sign)) open.push(sign);
    else if (sign in closing && open.pop() !== closing[sign]) return false;
  }
  return open.length === 0;
}
