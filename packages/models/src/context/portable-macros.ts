/**
 * dbt's functions that read the same on every engine: `dbt.dateadd`, `dbt.safe_cast`, `dbt.type_string` …
 * Each is dispatched, so that a project or a package can put its own in the place of ours.
 */
interface Portable {
  /** Parameters with their defaults, as in the definition of a macro. */
  readonly parameters: string;
  /** What it prints on each engine; `default` where the engine is not named. */
  readonly body: Readonly<Record<string, string>>;
}

const same = (parameters: string, body: string): Portable => ({ parameters, body: { default: body } });

const text = "{{ api.Column.translate_type('string') }}";

const portable: Readonly<Record<string, Portable>> = {
  current_timestamp: same("", "now()"),
  date_trunc: same("datepart, date", "date_trunc('{{ datepart }}', {{ date }})"),
  // The interval may be an expression over columns, which an interval literal cannot hold.
  dateadd: {
    parameters: "datepart, interval, from_date_or_timestamp",
    body: {
      default:
        "{%- set units = {'quarter': [3, 'month'], 'week': [7, 'day']}.get(datepart | lower, [1, datepart | lower]) -%}" +
        "({{ from_date_or_timestamp }} + (cast({{ interval }} as bigint) * {{ units[0] }}) * interval '1 {{ units[1] }}')",
    },
  },
  datediff: {
    parameters: "first_date, second_date, datepart",
    body: {
      default: "date_diff('{{ datepart }}', cast({{ first_date }} as timestamp), cast({{ second_date }} as timestamp))",
      // dbt counts Sundays that are passed, and backwards one more from a day of the week to the same or a later one.
      duckdb:
        "{%- set a = 'cast(' ~ first_date ~ ' as timestamp)' -%}{%- set b = 'cast(' ~ second_date ~ ' as timestamp)' -%}" +
        "{%- if datepart | lower == 'week' -%}(date_diff('day', {{ a }}, {{ b }}) // 7 + " +
        "if({{ a }} <= {{ b }}, (dayofweek({{ a }}) > dayofweek({{ b }}))::int, -(dayofweek({{ a }}) <= dayofweek({{ b }}))::int))" +
        "{%- else -%}date_diff('{{ datepart }}', {{ a }}, {{ b }}){%- endif -%}",
      postgres:
        "{%- set a = 'cast(' ~ first_date ~ ' as timestamp)' -%}{%- set b = 'cast(' ~ second_date ~ ' as timestamp)' -%}" +
        "{%- set days = \"(date_trunc('day', \" ~ b ~ \")::date - date_trunc('day', \" ~ a ~ ')::date)' -%}" +
        "{%- set unit = datepart | lower -%}" +
        "{%- set months = \"((date_part('year', \" ~ b ~ \") - date_part('year', \" ~ a ~ \")) * 12 + date_part('month', \" ~ b ~ \") - date_part('month', \" ~ a ~ '))' -%}" +
        "{%- set seconds = { 'second': 1, 'minute': 60, 'hour': 3600 } -%}" +
        "{%- if unit == 'year' -%}(date_part('year', {{ b }}) - date_part('year', {{ a }}))" +
        "{%- elif unit == 'quarter' -%}((date_part('year', {{ b }}) - date_part('year', {{ a }})) * 4 + date_part('quarter', {{ b }}) - date_part('quarter', {{ a }}))" +
        "{%- elif unit == 'month' -%}{{ months }}" +
        "{%- elif unit == 'week' -%}((date_trunc('week', {{ b }})::date - date_trunc('week', {{ a }})::date) / 7)" +
        "{%- elif unit == 'day' -%}{{ days }}" +
        "{%- elif unit in seconds -%}(extract(epoch from date_trunc('{{ unit }}', {{ b }}) - date_trunc('{{ unit }}', {{ a }}))::bigint / {{ seconds[unit] }})" +
        "{%- else -%}{{ exceptions.raise_compiler_error('datediff does not know the part ' ~ datepart) }}{%- endif -%}",
    },
  },
  last_day: same(
    "date, datepart",
    "cast({{ dbt.dateadd('day', '-1', dbt.dateadd(datepart, '1', dbt.date_trunc(datepart, date))) }} as date)",
  ),
  date: same("year, month, day", "make_date({{ year }}, {{ month }}, {{ day }})"),
  cast: same("expression, data_type", "cast({{ expression }} as {{ data_type }})"),
  safe_cast: {
    parameters: "field, type",
    body: { default: "cast({{ field }} as {{ type }})", trino: "try_cast({{ field }} as {{ type }})" },
  },
  cast_bool_to_text: same("field", `cast({{ field }} as ${text})`),
  concat: same("fields", "{{ fields | join(' || ') }}"),
  hash: same("field", `md5(cast({{ field }} as ${text}))`),
  length: same("expression", "length({{ expression }})"),
  replace: same("field, old_chars, new_chars", "replace({{ field }}, {{ old_chars }}, {{ new_chars }})"),
  right: same("string_text, length_expression", "right({{ string_text }}, {{ length_expression }})"),
  position: same("substring_text, string_text", "position({{ substring_text }} in {{ string_text }})"),
  split_part: {
    parameters: "string_text, delimiter_text, part_number",
    body: {
      default: "split_part({{ string_text }}, {{ delimiter_text }}, {{ part_number }})",
      duckdb: "string_split({{ string_text }}, {{ delimiter_text }})[{{ part_number }}]",
    },
  },
  string_literal: same("value", "'{{ value }}'"),
  escape_single_quotes: same("expression", '{{ expression | replace("\'", "\'\'") }}'),
  listagg: {
    parameters: "measure, delimiter_text=\"','\", order_by_clause=none, limit_num=none",
    body: {
      default:
        "{%- set order = ' ' ~ order_by_clause if order_by_clause else '' -%}" +
        "{%- if limit_num -%}array_to_string((array_agg({{ measure }}{{ order }}))[1:{{ limit_num }}], {{ delimiter_text }})" +
        "{%- else -%}string_agg({{ measure }}, {{ delimiter_text }}{{ order }}){%- endif -%}",
    },
  },
  any_value: { parameters: "expression", body: { default: "any_value({{ expression }})" } },
  bool_or: same("expression", "bool_or({{ expression }})"),
  equals: same(
    "expr1, expr2",
    "case when (({{ expr1 }} = {{ expr2 }}) or ({{ expr1 }} is null and {{ expr2 }} is null)) then 0 else 1 end = 0",
  ),
  except: same("", "except"),
  intersect: same("", "intersect"),
  array_construct: same(
    "inputs=[], data_type='integer'",
    "{%- if inputs -%}array[{{ inputs | join(', ') }}]{%- else -%}cast(array[] as {{ data_type }}[]){%- endif -%}",
  ),
  array_append: same("array, new_element", "array_append({{ array }}, {{ new_element }})"),
  array_concat: same("array_1, array_2", "array_cat({{ array_1 }}, {{ array_2 }})"),
  type_string: same("", text),
  type_timestamp: same("", "timestamp"),
  type_float: same("", "float"),
  type_numeric: same("", "numeric(28,6)"),
  type_bigint: same("", "bigint"),
  type_int: same("", "int"),
  type_boolean: same("", "boolean"),
  generate_series: {
    parameters: "upper_bound",
    body: {
      default: "select n as generated_number from generate_series(1, {{ upper_bound }}) as numbers(n)",
      trino: "select n as generated_number from unnest(sequence(1, {{ upper_bound }})) as numbers(n)",
    },
  },
  get_intervals_between: same(
    "start_date, end_date, datepart",
    "{%- if not execute -%}{{ return(1) }}{%- endif -%}" +
      "{%- set found = run_query('select ' ~ dbt.datediff(start_date, end_date, datepart)) -%}" +
      "{{ return(found.rows[0][0] | int) }}",
  ),
  date_spine: same(
    "datepart, start_date, end_date",
    "with mesh_numbers as (\n{{ dbt.generate_series(dbt.get_intervals_between(start_date, end_date, datepart)) }}\n)\n" +
      "select date_{{ datepart }} from (\n" +
      "select {{ dbt.dateadd(datepart, 'generated_number - 1', start_date) }} as date_{{ datepart }} from mesh_numbers\n" +
      ") mesh_periods where date_{{ datepart }} <= {{ end_date }}",
  ),
};

const definition = (name: string, { parameters, body }: Portable): string => {
  const names = parameters === "" ? [] : parameters.split(/,\s*(?=\w+(?:,|=|$))/).map((p) => p.split("=")[0]!.trim());
  const passed = names.join(", ");
  const variants = Object.entries(body).map(
    ([engine, sql]) => `{% macro ${engine}__${name}(${passed}) -%}\n${sql}\n{%- endmacro %}`,
  );
  const front = `{% macro ${name}(${parameters}) -%}\n{{ return(adapter.dispatch('${name}', 'dbt')(${passed})) }}\n{%- endmacro %}`;
  return [front, ...variants].join("\n");
};

/** The definitions as one template. */
export const portableMacros = Object.entries(portable)
  .map(([name, entry]) => definition(name, entry))
  .join("\n\n");
