{% macro note_end() %}select 1 as ended{% endmacro %}

{% macro cents(column, digits=2) -%}
round({{ column }} / 100.0, {{ digits }})
{%- endmacro %}

{% macro duckdb__twice(column) %}({{ column }} + {{ column }}){% endmacro %}

{% macro make_it(name='it') %}
  {% do log('made ' ~ name, info=true) %}
{% endmacro %}
